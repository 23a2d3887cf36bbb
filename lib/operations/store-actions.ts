// How do the actions and decisions of a group get into their tables? As one parameter each, whatever their number.

import type { Transaction } from "../database/database.ts";

const columns = new Map<string, string>();

function columnOf(name: string): string {
  const known = columns.get(name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  columns.set(name, known);
  return known;
}

/** In the words of the tables; what is a null here is NULL there, also in a column of JSON. */
export function asRow(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [columnOf(name), typeof value === "bigint" ? String(value) : value]));
}

const asParameter = (records: readonly object[]): string => JSON.stringify(records.map(asRow));

/** Each with all of its columns. */
export async function storeActions(tx: Transaction, actions: readonly object[]): Promise<void> {
  if (actions.length > 0) await tx.$executeRaw`INSERT INTO action SELECT * FROM jsonb_populate_recordset(NULL::action, ${asParameter(actions)}::jsonb)`;
}

/** Asked about before with the same call's id: then that is the decision's record. */
export async function storeDecisions(tx: Transaction, decisions: readonly object[]): Promise<void> {
  if (decisions.length > 0) await tx.$executeRaw`INSERT INTO gate_decision SELECT * FROM jsonb_populate_recordset(NULL::gate_decision, ${asParameter(decisions)}::jsonb) ON CONFLICT DO NOTHING`;
}
