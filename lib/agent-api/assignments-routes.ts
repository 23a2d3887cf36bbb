// Which version does a task? Asked by whoever begins one, so that a rollout can compare two versions on tasks that are alike.

import { z } from "zod";
import { TOOL_EFFECTS } from "../domain/manifest.ts";
import { assignTask } from "../operations/assign-task.ts";
import { requireFor } from "./authenticate.ts";
import { route } from "./route.ts";
import { surelyInTime } from "./stream-routes.ts";

const question = z.object({
  agent: z.object({ id: z.string().min(1).max(63) }),
  task: z.string().min(1).max(200).describe("The conversation id under which the agent does it, in its telemetry and its tool calls."),
  unit: z.string().min(1).max(1_000).nullable().default(null).describe("Where a rollout gives whole customers or sessions to a version: which one this is."),
});

const version = z.object({ id: z.string(), number: z.int(), label: z.string().nullable(), fingerprint: z.string() });

const assigned = z.object({
  rolloutId: z.string().nullable().describe("Null: nothing is being rolled out."), task: z.string(), arm: z.enum(["current", "candidate"]), version: version.nullable(),
  probability: z.number().nullable().describe("That the candidate had of getting the task. 0: the task is compared with nothing."), stage: z.string().nullable(),
  shadow: z.object({ version, conversation: z.string() }).nullable().describe("The candidate may do the same task under this conversation id, where it only recommends."),
  effects: z.record(z.string(), z.enum(TOOL_EFFECTS)).nullable().describe("What the candidate's tools do, where the candidate has a part in the task."),
  isLimited: z.boolean().describe("What one task may use is limited: only calls that the gate is asked about are counted, those that read too."),
  isRepeat: z.boolean().describe("The task was assigned before, and stays where it is."), sentence: z.string(),
});

export const assignmentsRoutes = [
  route({
    method: "post", path: "/v1/assignments", tag: "Rollouts", summary: "Which version does this task?",
    description: "Asked before a task begins. The same task gets the same answer, however often it is asked. Whoever gets no answer takes the current version.",
    needs: "task:assign", about: "each", body: question, bodyExample: { agent: { id: "refund-bot" }, task: "conv_7Q2" },
    authenticate: surelyInTime, isFrequent: true,
    success: { status: 200, description: "The version, and the probability that the candidate had. The gate decides the calls of this conversation by it.", schema: assigned },
    handle: async ({ actor, body: { agent, task, unit }, now }) => {
      requireFor(actor, ["task:assign"], agent.id);
      return { status: 200, body: await assignTask(actor, { agentId: agent.id, task, unit }, now) };
    },
  }),
];
