// Of which points does a stop not know that they act no more?

import { proveStop, type ProvedPoint } from "../domain/stop-proof.ts";
import type { Transaction } from "./database.ts";
import { loadProofFacts, type ProvableStop } from "./stop-points.ts";

/** Those that may still act, and those that may still read; `now` by PostgreSQL's clock. */
export async function loadUnsettled(client: Transaction, stop: ProvableStop, now: Date): Promise<ProvedPoint[]> {
  const facts = (await loadProofFacts(client, [stop])).get(stop.id);
  return facts ? proveStop(facts, now).points.filter(({ state }) => state === "missing" || state === "reads_on") : [];
}
