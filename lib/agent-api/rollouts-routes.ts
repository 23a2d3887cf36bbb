// How does a pipeline follow a rollout, and how do people drive it by code? With a person's own key, as on the page.

import { z } from "zod";
import { canaryPlanSchema } from "../domain/canary-plan.ts";
import { NotFound } from "../errors.ts";
import type { RolloutStanding } from "../operations/lock-rollout.ts";
import { editRolloutPlan } from "../operations/plan-rollout.ts";
import { promoteRollout, waiveRollout } from "../operations/promote-rollout.ts";
import { startRollout } from "../operations/start-rollout.ts";
import { abortRollout, pauseRollout, resumeRollout, rolloutReasonSchema } from "../operations/steer-rollout.ts";
import { agentOfRollout, findToldRollout, listToldRollouts } from "../queries/told-rollouts.ts";
import { visibleAgents } from "./agents-routes.ts";
import { route } from "./route.ts";

const tag = "Rollouts";
const own = "For a person's own key.";
const anything = z.record(z.string(), z.unknown());
const rolloutParams = z.object({ rollout: z.string().min(1).max(100).describe("The rollout's id.") });
const ofRollout = ({ params }: { params: z.infer<typeof rolloutParams> }) => agentOfRollout(params.rollout);

const revision = z.int().min(1).describe("Of the rollout that you looked at: a decision about an older one is refused.");
const seen = z.object({ revision });
const decided = z.object({ revision, reason: rolloutReasonSchema });
const standing = z.object({ rolloutId: z.string(), state: z.string(), stageIndex: z.int(), exposureIndex: z.int(), exposure: z.number(), revision: z.int() });
const success = { status: 200, description: "Where it stands now.", schema: standing } as const;
const bodyExample = { revision: 3, reason: "The ticket system is down." };
const told = (body: RolloutStanding) => ({ status: 200, body });

export const rolloutsRoutes = [
  route({
    method: "get", path: "/v1/rollouts", tag, summary: "List rollouts", needs: "rollout:read", about: "each",
    query: z.object({ agent: z.string().max(63).optional(), before: z.string().max(100).optional().describe("The `next` of the page before.") }),
    success: { status: 200, description: "Up to 100 rollouts, the newest first.", schema: z.object({ rollouts: z.array(anything), next: z.string().nullable() }) },
    handle: async ({ actor, query }) => ({ status: 200, body: await listToldRollouts(visibleAgents(actor), query) }),
  }),
  route({
    method: "get", path: "/v1/rollouts/{rollout}", tag, summary: "Read a rollout", needs: "rollout:read", about: ofRollout, params: rolloutParams,
    success: { status: 200, description: "Its plan, the judge's verdict, what happened, and who approved.", schema: anything },
    handle: async ({ params }) => {
      const rollout = await findToldRollout(params.rollout);
      if (!rollout) throw new NotFound("There is no such rollout.");
      return { status: 200, body: rollout };
    },
  }),
  route({
    method: "put", path: "/v1/rollouts/{rollout}/plan", tag, summary: "Edit the plan before the start", description: `${own} What is weaker than the usual plan needs somebody who is not the change's author.`, needs: "rollout:plan", about: ofRollout, params: rolloutParams,
    body: z.object({ revision, plan: canaryPlanSchema }), success,
    handle: async ({ actor, params, body, now }) => told(await editRolloutPlan(actor, { rolloutId: params.rollout, ...body }, now)),
  }),
  route({
    method: "post", path: "/v1/rollouts/{rollout}/start", tag, summary: "Start a rollout", description: `${own} With \`plan\` instead of the one that stands. The change's author starts no plan that is weaker than the usual one, and none that could not conclude.`, needs: "rollout:start", about: ofRollout, params: rolloutParams,
    body: seen.extend({ plan: canaryPlanSchema.optional(), startsAnyway: z.boolean().default(false).describe("Also when the planner says that it cannot conclude before its deadline.") }), bodyExample: { revision: 1 }, success,
    handle: async ({ actor, params, body: { revision: of, plan, startsAnyway }, now }) => told(await startRollout(actor, { rolloutId: params.rollout, revision: of, startsAnyway, ...(plan ? { plan } : {}) }, now)),
  }),
  route({
    method: "post", path: "/v1/rollouts/{rollout}/pause", tag, summary: "Pause a rollout", description: `${own} New tasks are the current version's.`, needs: "rollout:pause", about: ofRollout, params: rolloutParams, body: decided, bodyExample, success,
    handle: async ({ actor, params, body, now }) => told(await pauseRollout(actor, { rolloutId: params.rollout, ...body }, now)),
  }),
  route({
    method: "post", path: "/v1/rollouts/{rollout}/resume", tag, summary: "Resume what is paused or held", description: `${own} What is held is resumed by somebody who is not the change's author.`, needs: "rollout:start", about: ofRollout, params: rolloutParams, body: decided, bodyExample, success,
    handle: async ({ actor, params, body, now }) => told(await resumeRollout(actor, { rolloutId: params.rollout, ...body }, now)),
  }),
  route({
    method: "post", path: "/v1/rollouts/{rollout}/promote", tag, summary: "Promote a rollout out of its stage", description: `${own} Only on the judge's evidence, by whom the plan names; never by the change's author.`, needs: "rollout:promote", about: ofRollout,
    params: rolloutParams, body: seen, bodyExample: { revision: 3 }, success,
    handle: async ({ actor, params, body, now }) => told(await promoteRollout(actor, { rolloutId: params.rollout, ...body }, now)),
  }),
  route({
    method: "post", path: "/v1/rollouts/{rollout}/abort", tag, summary: "Abort a rollout", description: `${own} The current version was and stays current.`, needs: "rollout:abort", about: ofRollout, params: rolloutParams,
    body: z.object({ reason: rolloutReasonSchema }), bodyExample: { reason: bodyExample.reason }, success,
    handle: async ({ actor, params, body, now }) => told(await abortRollout(actor, { rolloutId: params.rollout, ...body }, now)),
  }),
  route({
    method: "post", path: "/v1/rollouts/{rollout}/waive", tag, summary: "Waive the evidence of a stage, or skip a rollout that was not started", description: `${own} Takes two different owners, neither of them the change's author.`, needs: "rollout:waive",
    about: ofRollout, params: rolloutParams, body: decided, bodyExample, success: { ...success, schema: standing.extend({ waiversMissing: z.int() }) },
    handle: async ({ actor, params, body, now }) => told(await waiveRollout(actor, { rolloutId: params.rollout, ...body }, now)),
  }),
];
