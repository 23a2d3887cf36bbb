// `holdpoint import …`

import { importTraces } from "../lib/operations/import-traces.ts";
import { systemActor } from "../lib/operations/people.ts";
import { options } from "./checked.ts";
import { Misuse } from "./misuse.ts";

export async function importFile(parameters: string[]): Promise<void> {
  const { values, positionals } = options({ args: parameters, allowPositionals: true, options: { agent: { type: "string" }, json: { type: "boolean" } } });
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new Misuse("Name one file: holdpoint import FILE --agent AGENT");
  for await (const progress of importTraces(systemActor, { file, agentId: values.agent ?? null })) {
    process.stdout.write(values.json ? `${JSON.stringify(progress)}\n` : `\r${progress.lines} lines, ${progress.spans} spans stored, ${progress.rejected} rejected, ${progress.percent} %`);
  }
  if (!values.json) process.stdout.write("\n");
}
