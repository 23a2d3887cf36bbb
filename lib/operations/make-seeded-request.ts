// How does a request that ought to be refused come to wait among the real ones? As the gate itself would hold it, and it is counted nowhere.

import { randomUUID } from "node:crypto";
import { prisma, type Transaction } from "../database/database.ts";
import { recentCalls } from "../database/recent-calls.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { seedRequests, type SeedRequest } from "../domain/seed-request.ts";
import type { SystemActor } from "../domain/roles.ts";
import { isRefusal, Unavailable } from "../errors.ts";
import { actionFrom } from "./action-record.ts";
import { bundleNow } from "./bundle-now.ts";
import { decideWithin, lockSurroundings, type DecidedCall, type GateCall, type GateSurroundings } from "./decide-call.ts";
import { effectiveCompensation } from "./effective-compensation.ts";
import type { StoredAction } from "./held-action.ts";
import { NOTHING_CHANGED, notify, operation, type Context } from "./operation.ts";
import { WAS_HELD } from "./seeding.ts";
import { callOfAction } from "./start-action.ts";
import { storeActions } from "./store-actions.ts";

interface Making {
  /** As it was promised in the log. */
  actionId: string;
  /** The real action that it is to look like. */
  basedOn: string;
  random: () => number;
}

/**
 * False: nothing that the gate would hold can be made of this action. Leaves no entry in the log before it is decided: an entry of its own
 * would give it away, and one that named the agent's key would be untrue. The promise stands there already, and the end is told there.
 */
export const makeSeededRequest = operation({
  kind: "seeded_request.made",
  needs: "seeding:run",
  run: async ({ tx, now, actor }: Context, { actionId, basedOn, random }: Making) => {
    const nothing = { result: false, evidence: NOTHING_CHANGED } as const;
    const real = await tx.action.findUnique({ where: { id: basedOn } });
    if (!real || real.isSeeded) return nothing;
    const lately = await recentCalls(tx, real, now);
    const likeness = lately.find(({ id }) => id === basedOn);
    if (!likeness || likeness.input === null || real.versionId === null) return nothing;
    const amount = (await loadVersionRules(tx, real.versionId)).tools.get(real.tool)?.amount;
    const requests = seedRequests({ tool: real.tool, amount, real: likeness, lately }, random, now);
    const bundle = requests.length === 0 ? null : await bundleNow(tx, real.agentId, now);
    if (bundle?.version?.id !== real.versionId) return nothing;
    const call = callLike(real);
    const around = await lockSurroundings(tx, bundle, [call], now);
    const fit = firstHeld(requests, call, around, now);
    if (fit === null) return nothing;
    const action = storable({ real, actionId, actor: actor as SystemActor }, fit, around, now);
    const { fault, faultyPath, why } = fit.request;
    // Each promise is kept once.
    const { count } = await tx.seededRequest.updateMany({ where: { actionId, madeAt: null }, data: { agentId: real.agentId, basedOn, fault, faultyPath, why, madeAt: now } });
    if (count === 0) return nothing;
    await storeActions(tx, [action]);
    await notify(tx, { kind: "action.held", subject: "", agentId: null });
    return { result: true, evidence: NOTHING_CHANGED };
  },
});

/** A task of its own: nothing that is counted, shown or taken back for a run may meet it. */
const callLike = (real: StoredAction): GateCall =>
  ({ ...callOfAction(real), conversationId: real.conversationId === "" ? "" : randomUUID(), toolCallId: randomUUID(), input: {} });

interface Fit {
  request: SeedRequest;
  call: GateCall;
  decided: DecidedCall;
}

function firstHeld(requests: readonly SeedRequest[], like: GateCall, around: GateSurroundings, now: Date): Fit | null {
  for (const request of requests) {
    const call = { ...like, input: request.input, onBehalfOf: request.onBehalfOf, confidence: request.confidence };
    const decided = decideWithin(call, around, now);
    if (decided.answer.decision === "hold" && decided.effect !== "read") return { request, call, decided };
  }
  return null;
}

function storable({ real, actionId, actor }: { real: StoredAction; actionId: string; actor: SystemActor }, { request, call, decided }: Fit, around: GateSurroundings, now: Date): StoredAction {
  const { justification, plan } = request;
  const compensation = effectiveCompensation(null, call, around.rules);
  const asked = { actor, call, digest: inputDigest(call.input), requestDigest: inputDigest(call.input), idempotencyKey: actionId, justification, plan, reversibleUntil: null };
  // Who holds the key of the real one may not decide about it, so the same holds here.
  return { ...actionFrom(asked, decided, compensation, now), id: actionId, origin: real.origin, preparedBy: real.preparedBy, isSeeded: true };
}

const LOOKED_AT = 50;
const MOST_TRIED = 5;
const RECENT_MS = 7 * 86_400_000;

/** Real ones that were held lately, of agents whose version is still the same, in an order that nobody foresees. */
async function likenesses(tx: Pick<Transaction, "$queryRaw">, random: () => number, now: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT a.id FROM (SELECT * FROM action WHERE prepared_at > ${new Date(now.getTime() - RECENT_MS)} AND ${WAS_HELD} ORDER BY prepared_at DESC, id DESC LIMIT ${LOOKED_AT}) a
    JOIN agent g ON g.id = a.agent_id AND g.current_version_id = a.version_id AND g.archived_at IS NULL ORDER BY a.id`;
  return rows.map(({ id }) => ({ id, place: random() })).toSorted((a, b) => a.place - b.place).slice(0, MOST_TRIED).map(({ id }) => id);
}

/** Tries a few of them; false: it has to wait for the next that is held. */
export async function makeOneOfThem(actor: SystemActor, actionId: string, random: () => number, now: Date): Promise<boolean> {
  for (const basedOn of await likenesses(prisma(), random, now)) {
    try {
      if (await makeSeededRequest(actor, { actionId, basedOn, random }, now)) return true;
    } catch (error) {
      // Nothing may be permitted to that agent now, or its version changed in this moment.
      if (!isRefusal(error) && !(error instanceof Unavailable)) throw error;
    }
  }
  return false;
}
