// How is what was done taken back over the API? People ask for it; an agent's handlers hear what they have to take back, and say how it went.

import { z } from "zod";
import { NotFound } from "../errors.ts";
import { agentOfRehearsal, endRehearsal, nextRehearsals, rehearsalEndSchema } from "../operations/rehearse-handler.ts";
import { hookRehearsalSchema, rehearseHook } from "../operations/rehearse-hook.ts";
import { rollbackSchema, rollbackVersion } from "../operations/rollback-version.ts";
import { approveUndo, doneByHandSchema, markDoneByHand, startUndo, undoSchema } from "../operations/undo.ts";
import { endHandledStep, nextHandledSteps, type DueStep } from "../operations/undo-steps.ts";
import { agentOfUndo, agentOfUndoStep, findToldUndo } from "../queries/told-undo.ts";
import { requireFor } from "./authenticate.ts";
import { route } from "./route.ts";
import { waitForSubject } from "./subject-waits.ts";

const tag = "Undo";
const MOST_WAIT_MS = 25_000;
const own = "For a person's own key.";

const undoParams = z.object({ undo: z.string().min(1).max(100).describe("The reversal's id.") });
const ofUndo = ({ params }: { params: z.infer<typeof undoParams> }) => agentOfUndo(params.undo);
const stepParams = z.object({ step: z.string().min(1).max(100).describe("The step's id.") });
const ofStep = ({ params }: { params: z.infer<typeof stepParams> }) => agentOfUndoStep(params.step);
const state = z.object({ state: z.string() });

const dueStep = z.object({
  stepId: z.string(), undoId: z.string(), actionId: z.string(), attempt: z.int().describe("To be named in the answer."), handler: z.string().describe("The tool that takes it back."), tool: z.string(),
  arguments: z.unknown(), result: z.unknown(), downstream: z.unknown(), idempotencyKey: z.string(),
});

const toldStep = ({ stepId, undoId, actionId, attempt, hook, tool, arguments: given, result, downstream, idempotencyKey }: DueStep) =>
  ({ stepId, undoId, actionId, attempt, handler: hook.kind === "tool" ? hook.tool : "", tool, arguments: given, result, downstream, idempotencyKey });

const rehearsalParams = z.object({ rehearsal: z.string().min(1).max(100).describe("The rehearsal's id.") });
const askedRehearsal = z.object({ rehearsalId: z.string(), handler: z.string(), tool: z.string().describe("Whose effect the handler takes back.") });
const names = z.array(z.string().min(1).max(200)).max(2_000);

/** Names may hold any character, so they come as JSON. */
const handlerNames = z.string().max(8_000).default("[]").transform((text, context) => {
  try {
    return names.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: "custom", message: "The handlers are a JSON array of names." });
    return z.NEVER;
  }
}).describe("Names of the handlers that the caller has, as a JSON array: told are their steps, and what they are asked to rehearse. Left out: the steps of any handler.");

interface ToDo {
  steps: DueStep[];
  rehearsals: Awaited<ReturnType<typeof nextRehearsals>>;
}

async function waitForSteps(agentId: string, { handlers, more }: { handlers: readonly string[]; more: boolean }, waitMs: number): Promise<ToDo> {
  const theirs = more || handlers.length === 0 ? null : handlers;
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const now = new Date();
    const toDo = { steps: await nextHandledSteps(agentId, theirs, now), rehearsals: await nextRehearsals(agentId, handlers, now) };
    const leftMs = untilMs - performance.now();
    if (toDo.steps.length > 0 || toDo.rehearsals.length > 0 || leftMs <= 0) return toDo;
    await waitForSubject(`undos of ${agentId}`, leftMs);
  }
}

export const undosRoutes = [
  route({
    method: "get", path: "/v1/undos/next", tag, summary: "Hear what an agent's handlers have to take back", needs: "action:prepare", about: "each", isFrequent: true,
    description: "Each step is told again, with the next attempt, when nothing is heard of it for a minute: a handler does the same step once, by its id. A step that callers ask past for a quarter of an hour, because none of them has its handler, becomes a person's. A rehearsal is told until one caller has answered it, and takes nothing back.",
    query: z.object({ agent: z.string().min(1).max(63), handlers: handlerNames, more: z.stringbool().default(false).describe("The caller has more handlers than it names: told are the steps of any."), waitMs: z.coerce.number().int().min(0).max(MOST_WAIT_MS).default(0) }),
    success: { status: 200, description: "The steps that are due, and what is to be rehearsed.", schema: z.object({ steps: z.array(dueStep), rehearsals: z.array(askedRehearsal) }) },
    handle: async ({ actor, query }) => {
      requireFor(actor, ["action:prepare"], query.agent);
      const { steps, rehearsals } = await waitForSteps(query.agent, query, query.waitMs);
      return { status: 200, body: { steps: steps.map(toldStep), rehearsals: rehearsals.map(({ id, ...rest }) => ({ rehearsalId: id, ...rest })) } };
    },
  }),
  route({
    method: "post", path: "/v1/undos/steps/{step}/done", tag, summary: "Tell that a step is taken back", needs: "action:prepare", about: ofStep, params: stepParams,
    body: z.object({ attempt: z.int().min(1), response: z.json().default(null) }), bodyExample: { attempt: 1, response: { voided: true } }, success: { status: 200, description: "Stored.", schema: state },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: { state: await endHandledStep(actor, { stepId: params.step, isDone: true, ...body }, now) } }),
  }),
  route({
    method: "post", path: "/v1/undos/steps/{step}/failed", tag, summary: "Tell that a step could not be taken back", description: "It is told again after a while, and in the end becomes a person's.", needs: "action:prepare", about: ofStep, params: stepParams,
    body: z.object({ attempt: z.int().min(1), error: z.string().min(1).max(4_000) }), bodyExample: { attempt: 1, error: "The order is locked." }, success: { status: 200, description: "Stored.", schema: state },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: { state: await endHandledStep(actor, { stepId: params.step, isDone: false, ...body }, now) } }),
  }),
  route({
    method: "post", path: "/v1/undos/steps/{step}/by-hand", tag, summary: "Say that you took a step back by hand", description: own, needs: "action:undo", about: ofStep, params: stepParams, body: doneByHandSchema.omit({ stepId: true }),
    success: { status: 200, description: "Stored.", schema: state },
    handle: async ({ actor, params, body, now }) => {
      await markDoneByHand(actor, { stepId: params.step, ...body }, now);
      return { status: 200, body: { state: "done" } };
    },
  }),
  route({
    method: "post", path: "/v1/undos", tag, summary: "Take back an action, a run, or a version since a time", description: `${own} More than one action, or one that cannot be taken back, waits for a second person; the card can ask for one each time, and name the owner who has to be one of the two.`, needs: "action:undo", about: "each", body: undoSchema,
    bodyExample: { agentId: "refund-bot", scope: "run", target: "conv_7Q2", since: null, reason: "Refunded twice." },
    success: { status: 200, description: "`waiting`: a second person approves.", schema: z.object({ undoId: z.string(), state: z.string() }) },
    handle: async ({ actor, body, now }) => ({ status: 200, body: await startUndo(actor, body, now) }),
  }),
  route({
    method: "get", path: "/v1/undos/{undo}", tag, summary: "Read a reversal", needs: "action:read", about: ofUndo, params: undoParams,
    success: { status: 200, description: "Its steps, the newest action first, with what remains.", schema: z.record(z.string(), z.unknown()) },
    handle: async ({ params }) => {
      const undo = await findToldUndo(params.undo);
      if (!undo) throw new NotFound("There is no such reversal.");
      return { status: 200, body: undo };
    },
  }),
  route({
    method: "post", path: "/v1/undos/{undo}/approve", tag, summary: "Approve a reversal that somebody else asked for", description: own, needs: "action:undo", about: ofUndo, params: undoParams, success: { status: 200, description: "It begins.", schema: state },
    handle: async ({ actor, params, now }) => {
      await approveUndo(actor, { undoId: params.undo }, now);
      return { status: 200, body: { state: "running" } };
    },
  }),
  route({
    method: "post", path: "/v1/hooks/rehearse", tag, summary: "Try a compensation hook without effect", description: `${own} A request carries \`holdpoint-dry-run: true\` and \`dryRun\` in its body. A handler of the agent is asked where it runs, for up to 25 s, and only one that declares a rehearsal is called.`, needs: "action:undo", about: "each", body: hookRehearsalSchema,
    bodyExample: { agentId: "refund-bot", tool: "refund_create" }, success: { status: 200, description: "What came of it.", schema: z.object({ rehearsalId: z.string(), isOk: z.boolean(), sentence: z.string() }) },
    handle: async ({ actor, body, now }) => ({ status: 200, body: await rehearseHook(actor, body, now) }),
  }),
  route({
    method: "post", path: "/v1/hooks/rehearsals/{rehearsal}", tag, summary: "Tell how a handler's rehearsal ended", description: "The first answer counts; a later one changes nothing.", needs: "action:prepare",
    about: ({ params }) => agentOfRehearsal(params.rehearsal), params: rehearsalParams, body: rehearsalEndSchema, bodyExample: { outcome: "passed" }, success: { status: 200, description: "Stored.", schema: state },
    handle: async ({ actor, params, body, now }) => {
      await endRehearsal(actor, { rehearsalId: params.rehearsal, ...body }, now);
      return { status: 200, body: { state: "ended" } };
    },
  }),
  route({
    method: "post", path: "/v1/agents/{agent}/rollback", tag, summary: "Go back to the approved version before", needs: "stage:lower", about: ({ params }) => params.agent, params: z.object({ agent: z.string().min(1).max(63) }),
    description: `${own} It was approved to the last character, so it needs no new review. With \`undoSince\` what the version did since then is taken back as well, as soon as a second person approves.`,
    body: rollbackSchema.omit({ agentId: true }), bodyExample: { reason: "It refunds twice.", undoSince: null },
    success: { status: 200, description: "The version that is current now.", schema: z.object({ fromVersionId: z.string(), versionId: z.string(), versionNumber: z.int(), undo: z.object({ undoId: z.string(), state: z.string() }).nullable() }) },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: await rollbackVersion(actor, { agentId: params.agent, ...body }, now) }),
  }),
];
