// The company as Holdpoint sees it: its people and its pipeline, each with a key of their own.

import type { DemoAgent } from "./agents/demo-agent.ts";
import { existingKey, type DemoState } from "./demo-state.ts";
import { HoldpointClient, Refused, type Proposed } from "./holdpoint-client.ts";
import type { JsonObject } from "./recipe.ts";
import { PEOPLE_WITH_KEYS, type PersonKey } from "./people.ts";

export interface Company {
  pipeline: HoldpointClient;
  as: (person: PersonKey) => HoldpointClient;
}

export function companyAt(url: string, state: DemoState): Company {
  return { pipeline: new HoldpointClient(url, existingKey(state, "ci")), as: (person) => new HoldpointClient(url, existingKey(state, person)) };
}

/** Reviewers in the order in which they are asked; Holdpoint decides whose word counts. */
const REVIEWERS: readonly PersonKey[] = PEOPLE_WITH_KEYS.filter((person) => person !== "administrator");

/** Posts good results for every suite that is asked for and asks the reviewers one after the other, until it is approved. */
export async function approveTogether({ pipeline, as }: Company, agent: DemoAgent, changeId: string, comment: string): Promise<void> {
  const change = await pipeline.change(changeId);
  for (const suite of suitesIn(change.obligations)) {
    await pipeline.recordSuite(changeId, { suite, fingerprint: change.fingerprint, passed: 96, failed: 0, undecided: 0, url: `https://ci.example.test/${agent.id}/${suite}` });
  }
  for (const person of REVIEWERS) {
    const { state, fingerprint } = await pipeline.change(changeId);
    if (state !== "open") return;
    await unlessRefused(() => as(person).approve(changeId, fingerprint, comment));
  }
  const { state } = await pipeline.change(changeId);
  if (state === "open") throw new Error(`Nobody could approve the change ${changeId} of ${agent.id}.`);
}

/** Where Holdpoint would try a version in stages, two owners say that it has been in service for long, each under their own name. */
export async function skipStages({ as }: Company, agent: DemoAgent, reason: string): Promise<void> {
  for (const person of REVIEWERS) {
    const planned = (await as("businessOwner").rollouts(agent.id)).rollouts.find(({ state }) => state === "planned");
    if (!planned) return;
    await unlessRefused(() => as(person).waiveRollout(planned.id, planned.revision, reason));
  }
}

/** Whoever of them may. */
export async function startTogether({ as }: Company, { id, revision }: { id: string; revision: number }, plan: JsonObject): Promise<void> {
  for (const person of REVIEWERS) await unlessRefused(() => as(person).startRollout(id, revision, plan));
}

/** The change that the proposal opened, or the one that an interrupted start left open. Null when it stands as asked already. */
export async function proposed({ pipeline }: Company, agent: DemoAgent, kind: "stage" | "tier", propose: () => Promise<Proposed>): Promise<string | null> {
  try {
    return (await propose()).changeId;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409) throw error;
    const { changes } = await pipeline.openChanges(agent.id);
    return changes.find((change) => change.kind === kind)?.id ?? null;
  }
}

/** Somebody whose role is not asked for is refused; that is how it should be. */
async function unlessRefused(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Refused) || error.status >= 500) throw error;
  }
}

/** The names of the evaluation suites among a change's obligations. */
export function suitesIn(obligations: unknown): string[] {
  if (!Array.isArray(obligations)) return [];
  const names = obligations.map((obligation: unknown) => (typeof obligation === "object" && obligation !== null && "suite" in obligation ? obligation.suite : null));
  return [...new Set(names.filter((name): name is string => typeof name === "string"))];
}
