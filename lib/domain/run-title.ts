// What is a run called in a list?

import type { RecordReference } from "./agent-span.ts";

export interface TitledRun {
  id: string;
  /** The agent's own name for it. */
  name: string | null;
  records: readonly RecordReference[];
}

/** "order 5512, ticket ZD-48203": what it was about tells one run from the next; the agent's name for it is mostly the same for all. */
export function runTitle({ id, name, records }: TitledRun): string {
  const named = records.slice(0, 2).map((record) => `${record.type} ${record.id}`).join(", ");
  if (named === "") return name ?? id;
  return records.length > 2 ? `${named} and ${records.length - 2} more` : named;
}
