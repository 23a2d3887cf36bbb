// The platform team's folder: runbooks to read, reports that are written after an alert.

import type { Symptom } from "./estate.ts";
import { existing, ToolFailure } from "./tool-failure.ts";

export const runbookOf = (symptom: Symptom): string => `runbooks/${symptom.replace("_", "-")}.md`;

const page = (title: string, steps: readonly string[]): string => `# ${title}\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join("\n")}\n`;

/** As they stand before anybody wrote; by their path in the folder. */
export const RUNBOOKS: Readonly<Record<string, string>> = {
  [runbookOf("disk_full")]: page("Disk full", ["Rotate the logs of the service on its host.", "Read the disk again. Twice without effect: page."]),
  [runbookOf("memory_leak")]: page("Memory grows without end", ["Restart one instance, never two.", "Read the health again. Twice without effect: page."]),
  [runbookOf("stuck_worker")]: page("A worker is stuck", ["Restart the instance that holds it.", "Read the health again. Twice without effect: page."]),
  [runbookOf("overload")]: page("Overload", ["Add two instances, up to twelve.", "Read the health again. Twice without effect: page."]),
};

/** What the policy lets through; everything else is refused before it gets here. */
const WRITABLE = /^(?:reports|runbooks)\/[\w-]+\.md$/;

export class RunbookFolder {
  readonly #files = new Map(Object.entries(RUNBOOKS));

  read(path: string): { content: string } {
    return { content: existing(this.#files.get(path), "not_found", `There is no file ${path}.`) };
  }

  write(path: string, content: string): { content: string } {
    if (!WRITABLE.test(path)) throw new ToolFailure("denied", `Not permitted: ${path} is neither a report nor a runbook.`);
    this.#files.set(path, content);
    return { content: `Successfully wrote to ${path}` };
  }
}
