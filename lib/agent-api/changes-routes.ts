// How are changes read and decided by code? A person's own key decides with that person's roles; the four eyes stay four.

import { z } from "zod";
import { NotFound } from "../errors.ts";
import { approvalSchema, approveChange, recordSuiteResult, rejectChange, rejectionSchema, suiteResultSchema, withdrawChange } from "../operations/changes.ts";
import { agentOfChange, findChangeView, listChangeSummaries } from "../queries/agent-api-views.ts";
import { visibleAgents } from "./agents-routes.ts";
import { route } from "./route.ts";

const tag = "Changes";
const changeParams = z.object({ change: z.string().min(1).max(100).describe("The change's id.") });
const anything = z.record(z.string(), z.unknown());
const ofChange = ({ params }: { params: z.infer<typeof changeParams> }) => agentOfChange(params.change);
const fingerprint = "The fingerprint you looked at: an approval of anything else is refused.";

export const changesRoutes = [
  route({
    method: "get", path: "/v1/changes", tag, summary: "List changes", needs: "change:read", about: "each",
    query: z.object({ agent: z.string().optional(), state: z.enum(["open", "approved", "rejected", "withdrawn", "expired", "superseded"]).optional(), before: z.string().optional().describe("The `next` of the page before.") }),
    success: { status: 200, description: "Up to 100 changes, the newest first.", schema: z.object({ changes: z.array(anything), next: z.string().nullable() }) },
    handle: async ({ actor, query }) => ({ status: 200, body: await listChangeSummaries(visibleAgents(actor), query) }),
  }),
  route({
    method: "get", path: "/v1/changes/{change}", tag, summary: "Read a change", needs: "change:read", about: ofChange, params: changeParams,
    success: { status: 200, description: "What would change, why it is classified so, who has decided what, and what it still waits for.", schema: anything },
    handle: async ({ params, now }) => {
      const change = await findChangeView(params.change, now);
      if (!change) throw new NotFound("There is no such change.");
      return { status: 200, body: change };
    },
  }),
  route({
    method: "post", path: "/v1/changes/{change}/approve", tag, summary: "Approve a change", description: fingerprint, needs: ["change:approve", "review_policy:approve"], about: "each",
    params: changeParams, body: approvalSchema.omit({ changeId: true }),
    success: { status: 200, description: "Recorded; `approved` when it was the last approval that was missing. With `rolloutId` it reaches production in stages.", schema: z.object({ state: z.string(), blockers: z.array(z.string()), rolloutId: z.string().nullable() }) },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: await approveChange(actor, { changeId: params.change, ...body }, now) }),
  }),
  route({
    method: "post", path: "/v1/changes/{change}/reject", tag, summary: "Reject a change", description: fingerprint, needs: ["change:reject", "review_policy:approve"], about: "each",
    params: changeParams, body: rejectionSchema.omit({ changeId: true }), success: { status: 200, description: "Rejected." },
    handle: async ({ actor, params, body, now }) => {
      await rejectChange(actor, { changeId: params.change, ...body }, now);
      return { status: 200, body: { state: "rejected" } };
    },
  }),
  route({
    method: "post", path: "/v1/changes/{change}/withdraw", tag, summary: "Withdraw a change", needs: "change:withdraw", about: ofChange, params: changeParams,
    body: z.object({ reason: z.string().trim().max(2_000).nullable().default(null) }), success: { status: 200, description: "Withdrawn." },
    handle: async ({ actor, params, body, now }) => {
      await withdrawChange(actor, { changeId: params.change, ...body }, now);
      return { status: 200, body: { state: "withdrawn" } };
    },
  }),
  route({
    method: "post", path: "/v1/changes/{change}/suites", tag, summary: "Record what a suite found", needs: "change:record_suite", about: ofChange, params: changeParams,
    body: suiteResultSchema.omit({ changeId: true }), bodyExample: { suite: "regression", fingerprint: "sha256:…", passed: 42, failed: 0, undecided: 0, url: "https://ci.example.com/318" },
    success: { status: 200, description: "Recorded.", schema: z.object({ state: z.string() }) },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: await recordSuiteResult(actor, { changeId: params.change, ...body }, now) }),
  }),
];
