// People who own the benchmark's agents, and who review what its pipelines propose, through the API.

import { agentCardSchema, type AgentCard } from "../lib/domain/agent-card.ts";
import { personWithKey, type Caller } from "./holdpoint-api.ts";

export interface People {
  admin: { id: string; api: Caller };
  owners: { business_owner: Person; technical_owner: Person; model_steward: Person };
  author: Person;
}
type Person = { id: string; email: string; api: Caller };

export async function makePeople(url: string): Promise<People> {
  return {
    admin: await personWithKey(url, "Bench Administrator", ["administrator", "operator"]),
    owners: {
      business_owner: await personWithKey(url, "Bench Business Owner"), technical_owner: await personWithKey(url, "Bench Technical Owner"),
      model_steward: await personWithKey(url, "Bench Model Steward"),
    },
    author: await personWithKey(url, "Bench Author"),
  };
}

export async function makeAgent({ admin, owners }: People, agentId: string, card: AgentCard = agentCardSchema.parse({ purpose: "Recorded customer service runs." })): Promise<void> {
  await admin.api.send("POST", "/v1/agents", { agentId, card });
  await admin.api.send("PUT", `/v1/agents/${agentId}/owners`, { owners: Object.entries(owners).map(([role, person]) => ({ role, personId: person.id })) });
}

/** Two owners say that recorded runs need no trial: what they are compared with is known. */
async function skipStages(owners: People["owners"], agentId: string): Promise<void> {
  for (const person of [owners.technical_owner, owners.business_owner]) {
    const { rollouts } = await person.api.get<{ rollouts: { id: string; state: string; revision: number }[] }>(`/v1/rollouts?agent=${agentId}`);
    const planned = rollouts.find((rollout) => rollout.state === "planned");
    if (planned) await person.api.send("POST", `/v1/rollouts/${planned.id}/waive`, { revision: planned.revision, reason: "The runs are recorded already." });
  }
}

/** Proposes through the pipeline's key and walks the change to its approval as its owners would. */
export async function registerAndApprove(pipeline: Caller, { owners, author }: People, agentId: string, manifest: unknown): Promise<string> {
  const { version, change } = await pipeline.send<{ version: { number: number; fingerprint: string }; change: { id: string; state: string; class: string } | null }>(
    "POST", `/v1/agents/${agentId}/versions`, { manifest, author: author.email },
  );
  if (change?.state !== "open") return `the same as version ${version.number}`;
  const read = await pipeline.get<{ title: string; class: string; rules: { id: string }[]; obligations: { kind: string; suite?: string; role?: string }[] }>(`/v1/changes/${change.id}`);
  for (const obligation of read.obligations) {
    if (obligation.kind !== "suite") continue;
    await pipeline.send("POST", `/v1/changes/${change.id}/suites`, { suite: obligation.suite, fingerprint: version.fingerprint, passed: 50, failed: 0, undecided: 0 });
  }
  const approvers: string[] = [];
  for (const [role, person] of Object.entries(owners)) {
    if (!read.obligations.some((obligation) => obligation.kind === "review" && obligation.role === role)) continue;
    await person.api.send("POST", `/v1/changes/${change.id}/approve`, { fingerprint: version.fingerprint });
    approvers.push(role);
  }
  const { state } = await pipeline.get<{ state: string }>(`/v1/changes/${change.id}`);
  await skipStages(owners, agentId);
  return `${read.title}: ${read.class} by ${read.rules.map((rule) => rule.id).join(", ")}; approved by ${approvers.join(", ")}; ${state}`;
}
