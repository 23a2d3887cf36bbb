// `holdpoint import …`

import { importTraces, type ImportProgress } from "../lib/operations/import-traces.ts";
import { systemActor } from "../lib/operations/people.ts";
import { options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";

const sentenceOf = ({ lines, spans, rejected, percent }: ImportProgress): string => `${lines} lines, ${spans} spans stored, ${rejected} rejected, ${percent} %`;

/** Somebody who watches sees one line that moves; a file or a pipe gets a line per step. */
function show(progress: ImportProgress, isJson: boolean): void {
  if (isJson) process.stdout.write(`${JSON.stringify(progress)}\n`);
  else process.stdout.write(process.stdout.isTTY ? `\r${sentenceOf(progress)}` : `${sentenceOf(progress)}\n`);
}

export const importFile: Command = (parameters) => {
  const { values, positionals } = options({ args: parameters, allowPositionals: true, options: { agent: { type: "string" }, json: { type: "boolean" } } });
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new Misuse("Name one file: holdpoint import FILE [--agent AGENT]");
  return async () => {
    let last: ImportProgress | null = null;
    for await (const progress of importTraces(systemActor, { file, agentId: values.agent ?? null })) {
      if (values.json || progress.percent !== last?.percent) show(progress, values.json === true);
      last = progress;
    }
    if (!values.json && process.stdout.isTTY) process.stdout.write("\n");
    if (last?.sentence) process.stderr.write(`${last.sentence}\n`);
  };
};
