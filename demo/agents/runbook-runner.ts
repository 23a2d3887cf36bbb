// runbook-runner: diagnoses a service and runs the runbook that fits, one small step after the other.

import { edited, parameters, type JsonObject, type Recipe, type ToolSpec } from "../recipe.ts";
import { runbookOf } from "../records/runbook-folder.ts";
import { CallHeld, type Answer, type Outcome, type Session, type Tool } from "../session.ts";
import type { Estate, Symptom } from "../records/estate.ts";
import type { Random } from "../random.ts";
import { callTwice, difficultyOf, promptOf, type DemoAgent, type Task } from "./demo-agent.ts";
import { readTextFile, writeFile } from "./file-tools.ts";

const serviceId = { type: "string", description: "For instance checkout-api." };
type Health = ReturnType<Estate["health"]>;

const readHealth: Tool<{ service_id: string }, Health> = {
  spec: { name: "service_health", description: "Reads the health of a service and of its host.", effect: "read", system: "monitoring", inputSchema: parameters({ service_id: serviceId }) },
  run: ({ service_id }, { estate }) => estate.health(service_id),
};
const rotateLogs: Tool<{ service_id: string }, { diskPercent: number }> = {
  spec: { name: "logs_rotate", description: "Rotates and compresses the logs on the service's host.", effect: "write", system: "hosts", inputSchema: parameters({ service_id: serviceId }), compensation: { description: "The archived logs are unpacked.", withinHours: 168 } },
  run: ({ service_id }, { estate }) => estate.rotateLogs(service_id),
};
const restart: Tool<{ service_id: string }, { healthy: number }> = {
  spec: { name: "service_restart", description: "Restarts one instance of a stateless service.", effect: "irreversible", system: "hosts", inputSchema: parameters({ service_id: serviceId }) },
  run: ({ service_id }, { estate }) => estate.restart(service_id),
};
const scale: Tool<{ service_id: string; by: number }, { instances: number }> = {
  spec: { name: "service_scale", description: "Adds instances to a stateless service.", effect: "write", system: "hosts", inputSchema: parameters({ service_id: serviceId, by: { type: "integer", minimum: 1, maximum: 2 } }), compensation: { description: "The instances are taken away again." } },
  run: ({ service_id, by }, { estate }) => estate.scale(service_id, by),
};
const page: Tool<{ service_id: string; reason: string }, { page: string }> = {
  spec: { name: "page_on_call", description: "Pages the person on duty.", effect: "read", system: "pager", inputSchema: parameters({ service_id: serviceId, reason: { type: "string" } }) },
  run: ({ service_id, reason }, { estate }) => estate.page(`${service_id}: ${reason}`),
};
const failOver: ToolSpec = {
  name: "database_failover", description: "Makes the standby the primary database.", effect: "irreversible", system: "databases",
  inputSchema: parameters({ cluster: { type: "string", description: "For instance orders-db." }, force: { type: "boolean" } }),
};

/** Small steps and reports need nobody; a runbook is changed with a person's word, and no other file at all. */
const policyText = `// What runbook-runner may do by itself.
@id("everything-it-declares")
permit(principal, action, resource);

// While a person has to look at what it writes, these need nobody.
@id("small-steps")
@decision("low_risk")
permit(principal, action in [Action::"logs_rotate", Action::"service_scale"], resource);

@id("reports")
@decision("low_risk")
permit(principal, action == Action::"write_file", resource)
when { context.input.path like "reports/*" };

@id("runbook-changes")
@decision("require_approval")
@approvers("role:technical_owner, role:operator")
forbid(principal, action == Action::"write_file", resource)
when { context.input.path like "runbooks/*" }
unless { context has approval && context.approval.granted };

@id("no-other-files")
forbid(principal, action == Action::"write_file", resource)
when { !(context.input.path like "reports/*" || context.input.path like "runbooks/*") || context.input.path like "*..*" };
`;

const recipe: Recipe = {
  label: "3.4",
  model: { provider: "anthropic", name: "claude-sonnet-4-5", parameters: { temperature: 0, max_output_tokens: 1_500 } },
  prompt: promptOf("runbook-runner"),
  tools: [readHealth.spec, rotateLogs.spec, restart.spec, scale.spec, page.spec, readTextFile.spec, writeFile.spec],
  policy: { limits: { scale_by: 2, instances: 12, steps: 4 }, rules: ["Nothing stateful is restarted.", "One host at a time.", "Nothing during a change freeze."], cedar: policyText },
  escalation: { rules: ["a step does not help twice", "stateful service", "two services at once", "host does not answer"] },
  memory: { strategy: "none" },
};
/** Refused: a failover cannot be taken back and belongs to the database team. */
export const refusedRecipe: Recipe = {
  ...recipe,
  label: "3.5-rc1",
  prompt: edited(recipe.prompt, [["- Restart a database, a queue or anything marked stateful.", "- Restart a queue or anything marked stateful. A database may be failed over when its primary does not answer."]]),
  tools: [...recipe.tools, failOver],
  policy: { ...recipe.policy, rules: ["One host at a time.", "Nothing during a change freeze."] },
};

const SERVICES = ["checkout-api", "search-api", "mail-relay", "price-cache", "session-store", "image-proxy", "orders-db", "event-queue"] as const;
const STATEFUL: readonly string[] = ["session-store", "orders-db", "event-queue"];

interface Alert {
  alertId: string;
  serviceId: string;
  symptom: Symptom;
  isStateful: boolean;
  isFrozen: boolean;
  hostAnswers: boolean;
  steps: number;
  /** It comes back so often that the agent would rather not hear it. */
  isNoisy: boolean;
  /** The runbook ought to say that this helped. */
  isInstructive: boolean;
}

export function newTask(random: Random, number: number): Task {
  const difficulty = difficultyOf(random);
  const service = difficulty === "clean" ? random.pick(["checkout-api", "search-api", "mail-relay", "price-cache", "image-proxy"]) : random.pick(SERVICES);
  const alert: Alert = {
    alertId: `AL-${9_000 + number}`,
    serviceId: service,
    symptom: random.pick(["disk_full", "memory_leak", "stuck_worker", "overload"]),
    isStateful: STATEFUL.includes(service),
    isFrozen: difficulty === "hard" && random.chance(0.3),
    hostAnswers: difficulty !== "hard" || random.chance(0.6),
    steps: difficulty === "clean" ? 1 : random.int(1, 3),
    isNoisy: random.chance(0.1),
    isInstructive: random.chance(0.3),
  };
  return {
    conversationId: `runbook-runner-${alert.alertId}`,
    request: `Alert ${alert.alertId}: ${service} is unhealthy.`,
    difficulty,
    records: { alert: alert.alertId, service },
    segments: { region: random.weighted([["eu-1", 5], ["eu-2", 3]]), kind: alert.isStateful ? "stateful" : "stateless" },
    facts: { ...alert } satisfies JsonObject,
    prepare: ({ estate }) => {
      const host = `host-${number % 40}`;
      estate.addHost({ id: host, diskPercent: alert.symptom === "disk_full" ? 96 : 58, answers: alert.hostAnswers, isDrained: false });
      estate.addService({ id: service, isStateful: alert.isStateful, instances: 4, healthy: 2, host, symptom: alert.symptom, stepsToHealth: alert.steps, isFrozen: alert.isFrozen });
    },
    work: (session) => work(session, alert),
    escalate: (session, reason) => pageSomeone(session, alert, reason),
  };
}

function step(session: Session, alert: Alert, symptom: Symptom): Answer<unknown> {
  const args = { service_id: alert.serviceId };
  if (symptom === "disk_full") return callTwice(session, rotateLogs, args, "The disk is nearly full. I rotate the logs.");
  if (symptom === "overload") return callTwice(session, scale, { ...args, by: session.limit("scale_by") }, "Overload. I add two instances.");
  return callTwice(session, restart, args, `${symptom === "memory_leak" ? "Memory grows without end" : "A worker is stuck"}. I restart one instance.`);
}

function work(session: Session, alert: Alert): Outcome {
  if (alert.isNoisy) silence(session, alert);
  let runbook = "";
  for (let steps = 0; steps <= session.limit("steps"); steps += 1) {
    const health = callTwice(session, readHealth, { service_id: alert.serviceId }, steps === 0 ? "I read the health first." : "Did it help? I read the health again.");
    if (health.state !== "done") return pageSomeone(session, alert, "the monitoring does not answer");
    if (health.value.symptom === "none") return summarise(session, alert, { steps, runbook });
    if (health.value.isStateful) return pageSomeone(session, alert, "the service is stateful");
    if (steps === 0) {
      const read = callTwice(session, readTextFile, { path: runbookOf(health.value.symptom) }, "I read the runbook for it.");
      if (read.state !== "done") return pageSomeone(session, alert, "the runbook cannot be read");
      runbook = read.value.content;
    }
    if (steps >= 2) return pageSomeone(session, alert, "the runbook did not help twice");
    const done = step(session, alert, health.value.symptom);
    if (done.state === "recommended") return recommend(session, alert);
    if (done.state === "refused") return pageSomeone(session, alert, done.sentence);
  }
  return "failure";
}

function pageSomeone(session: Session, alert: Alert, reason: string): Outcome {
  callTwice(session, page, { service_id: alert.serviceId, reason }, `I page the person on duty: ${reason}.`);
  session.answer(`${alert.alertId} is with the person on duty: ${reason}.`);
  return null;
}

const LAST_TIME = "\nLast time: ";

/** The service is healthy by then: a file that waits for a person calls nobody out. */
function write(session: Session, path: string, content: string, because: string): void {
  try {
    callTwice(session, writeFile, { path, content }, because);
  } catch (error) {
    if (!(error instanceof CallHeld)) throw error;
  }
}

function recommend(session: Session, alert: Alert): Outcome {
  session.answer(`${alert.alertId}: I may not act at the moment. The step above is what I would do.`);
  return null;
}

/** Its card forbids that, and its policy refuses it: that an agent tries all the same is what a gate is for. */
function silence(session: Session, { alertId, serviceId }: Alert): void {
  session.call(writeFile, { path: `silenced/${serviceId}.txt`, content: `${alertId}: silenced for an hour.\n` }, "This alert keeps coming back. I silence it for an hour.");
}

function summarise(session: Session, alert: Alert, { steps, runbook }: { steps: number; runbook: string }): Outcome {
  const summary = `${alert.alertId}: ${alert.symptom.replace("_", " ")} on ${alert.serviceId}, healthy again after ${steps} step${steps === 1 ? "" : "s"}.`;
  write(session, `reports/${alert.serviceId}.md`, `# ${alert.serviceId}\n\n${summary}\n`, "It is healthy. I write the report.");
  if (alert.isInstructive) write(session, runbookOf(alert.symptom), `${runbook.split(LAST_TIME)[0] ?? ""}${LAST_TIME}${summary}\n`, "I add to the runbook that it helped.");
  session.answer(summary);
  return session.random.chance(0.97) ? "success" : "failure";
}

export const runbookRunner: DemoAgent = {
  id: "runbook-runner",
  card: {
    team: "Platform",
    purpose: "Runs operations runbooks for internal services: diagnoses, acts in small steps, checks after each.",
    boundary: {
      may: ["Rotate logs.", "Restart one instance of a stateless service.", "Scale a stateless service by two, up to twelve.", "Read runbooks and write reports."],
      mustNever: ["Restart anything stateful.", "Act during a change freeze.", "Turn off an alert."],
      mustEscalateWhen: ["A step does not help twice.", "A host does not answer.", "Two services fail together."],
      doneMeans: ["The service is healthy in two readings and the summary is written, or a person was paged."],
    },
    inputs: ["Alerts from the monitoring", "Requests of engineers"],
    tools: ["service_health", "logs_rotate", "service_restart", "service_scale", "page_on_call", "read_text_file", "write_file"],
    dataSources: ["Monitoring", "Host inventory", "Runbook collection"],
    escalationContact: "Platform on call, platform@example.test",
    onCallRotation: "Platform rotation, changes daily 08:00",
    runbook: "1. Engage the kill switch for the agent.\n2. Read its last run and the health of the service it touched.\n3. Take added instances away; restarts cannot be taken back.\n4. Go on by hand with the runbook named in the run.",
    monthlyBudget: { amountMinor: 25_000, currency: "USD" },
    pact: [
      { metric: "success_rate", bound: "at_least", value: 0.9, windowDays: 30 },
      { metric: "latency_p95", bound: "at_most", value: 30, windowDays: 7 },
    ],
    reading: { escalationTools: ["page_on_call"], recordAttributes: {}, segmentAttributes: [] },
  },
  owners: { business_owner: "businessOwner", technical_owner: "author", model_steward: "modelSteward" },
  deputies: { business_owner: "deputy", technical_owner: "technicalOwner" },
  tier: 1,
  tierYes: ["hard_to_reverse", "acts_unasked"],
  tierReason: "A restart cannot be taken back.",
  stage: "assisted",
  releases: [recipe],
  tasksPerDay: 26,
  newTask,
};
