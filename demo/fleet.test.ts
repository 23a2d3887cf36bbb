import { describe, expect, it } from "vitest";
import { agentCardSchema } from "../lib/domain/agent-card.ts";
import { isComplete } from "../lib/domain/card-completeness.ts";
import { manifestSchema } from "../lib/domain/manifest.ts";
import { driftedRecipe } from "./agents/access-desk.ts";
import { pendingRecipe } from "./agents/refund-bot-recipe.ts";
import { refusedRecipe } from "./agents/runbook-runner.ts";
import { FLEET } from "./fleet.ts";
import { HISTORY_DAYS, taskTimes } from "./history.ts";
import { PEOPLE, type PersonKey } from "./people.ts";
import { Random } from "./random.ts";
import { edited } from "./recipe.ts";
import type { ToolStep } from "./session.ts";
import { recipeAt } from "./stories.ts";
import { SystemOfRecord } from "./system-of-record.ts";
import { workOnTask } from "./work-on-task.ts";

const FIRST_START = new Date("2026-11-20T18:00:00Z");
const NUMBERS = Array.from({ length: 150 }, (_, index) => index + 1);
const agentNamed = (id: string) => FLEET.find((agent) => agent.id === id) ?? FLEET[0];
const workedOff = (id: string, at = FIRST_START, mayWrite = true) => {
  const agent = agentNamed(id);
  const records = new SystemOfRecord();
  return NUMBERS.map((number) => workOnTask({ agent, recipe: recipeAt(agent, at, FIRST_START), number, at, firstStart: FIRST_START, mayWrite }, records));
};
const toolSteps = (finished: ReturnType<typeof workOnTask>) => finished.session.steps.filter((step): step is ToolStep => step.kind === "tool");

describe.each(FLEET.map((agent) => [agent.id, agent] as const))("%s", (id, agent) => {
  it("has a card and manifests that Holdpoint accepts", () => {
    expect(agentCardSchema.safeParse(agent.card).error).toBeUndefined();
    for (const recipe of agent.releases) expect(manifestSchema.safeParse(recipe).error).toBeUndefined();
  });

  it("has a complete card, unless it is research-scout", () => {
    const owners = Object.fromEntries(Object.entries(agent.owners).map(([role, person]: [string, PersonKey]) => [role, PEOPLE[person]]));
    expect(isComplete(agentCardSchema.parse(agent.card), owners, agent.tier)).toBe(id !== "research-scout");
  });

  it("names on its card the tools that it has", () => {
    expect(agent.card.tools.toSorted()).toEqual(agent.releases.at(-1)?.tools.map(({ name }) => name).toSorted());
  });

  it("meets the same tasks from the same seed, and others from another", () => {
    const tasks = (seed: string) => NUMBERS.map((number) => agent.newTask(new Random(`${seed} ${number}`), number, { at: FIRST_START, firstStart: FIRST_START }).facts);
    expect(tasks("a")).toEqual(tasks("a"));
    expect(tasks("a")).not.toEqual(tasks("b"));
  });

  it("meets clean, ambiguous and hard tasks, each with a record and segments", () => {
    const tasks = NUMBERS.map((number) => agent.newTask(new Random(`mix ${number}`), number, { at: FIRST_START, firstStart: FIRST_START }));
    expect(new Set(tasks.map(({ difficulty }) => difficulty))).toEqual(new Set(["clean", "ambiguous", "hard"]));
    expect(tasks.every(({ records, segments }) => Object.keys(records).length > 0 && Object.keys(segments).length > 0)).toBe(true);
    expect(new Set(tasks.map(({ conversationId }) => conversationId)).size).toBe(tasks.length);
  });

  it("works through its tasks with tools that it declares, in time order, mostly with success", () => {
    const finished = workedOff(id);
    const declared = new Set(agent.releases.at(-1)?.tools.map(({ name }) => name));
    for (const { session } of finished) {
      expect(session.steps.at(-1)?.kind).toBe("chat");
      expect(session.steps.every((step, index) => step.endMs >= step.startMs && step.startMs >= (session.steps[index - 1]?.endMs ?? 0))).toBe(true);
    }
    expect(finished.flatMap(toolSteps).every(({ spec }) => declared.has(spec.name))).toBe(true);
    const known = finished.filter(({ outcome }) => outcome !== null);
    expect(known.filter(({ outcome }) => outcome === "success").length / known.length).toBeGreaterThan(0.75);
    expect(finished.some(({ session }) => session.isEscalated)).toBe(true);
  });

  it("repeats itself exactly on the same records", () => {
    const steps = () => workedOff(id).map(({ session, outcome }) => ({ steps: session.steps, outcome }));
    expect(steps()).toEqual(steps());
  });

  it("changes nothing while it may not write", () => {
    const effects = workedOff(id, FIRST_START, false).flatMap(toolSteps).map(({ spec }) => spec.effect);
    expect(new Set(effects)).toEqual(new Set(["read"]));
  });

  it("has some days of history, in order, all before the first start", () => {
    const times = taskTimes(agent, FIRST_START);
    expect(times).toEqual(taskTimes(agent, FIRST_START));
    expect(times.length).toBeGreaterThanOrEqual(120);
    expect(times.every((time, index) => time >= (times[index - 1] ?? time) && time < FIRST_START)).toBe(true);
    expect(FIRST_START.getTime() - (times[0]?.getTime() ?? 0)).toBeLessThanOrEqual((HISTORY_DAYS + 0.1) * 86_400_000);
  });
});

describe("the stories", () => {
  it("are manifests that Holdpoint accepts", () => {
    for (const recipe of [pendingRecipe, refusedRecipe, driftedRecipe]) expect(manifestSchema.safeParse(recipe).error).toBeUndefined();
  });

  it("change access-desk's prompt under the same label, shortly before the first start", () => {
    const agent = agentNamed("access-desk");
    const before = recipeAt(agent, new Date(FIRST_START.getTime() - 3_600_000), FIRST_START);
    const after = recipeAt(agent, new Date(FIRST_START.getTime() + 1_000), FIRST_START);
    expect(after.label).toBe(before.label);
    expect(after.prompt).not.toBe(before.prompt);
    expect({ ...after, prompt: before.prompt }).toEqual(before);
    expect(taskTimes(agent, FIRST_START).filter((at) => recipeAt(agent, at, FIRST_START) === driftedRecipe).length).toBeGreaterThan(0);
  });

  it("make invoice-match read in circles since yesterday, and not before", () => {
    const mostReads = (at: Date) => Math.max(...workedOff("invoice-match", at).map((finished) => toolSteps(finished).filter(({ spec }) => spec.name === "document_read").length));
    expect(mostReads(new Date(FIRST_START.getTime() - 2 * 86_400_000))).toBeLessThanOrEqual(5);
    expect(mostReads(FIRST_START)).toBeGreaterThanOrEqual(20);
  });

  it("would let refund-bot pay more, and in a way that cannot be taken back", () => {
    const [running] = agentNamed("refund-bot").releases;
    expect(pendingRecipe.tools.map(({ name }) => name).filter((name) => !running.tools.some((tool) => tool.name === name))).toEqual(["payout_send"]);
    expect(pendingRecipe.policy.limits.refund_eur).toBeGreaterThan(running.policy.limits.refund_eur ?? 0);
  });

  it("lose no edit silently", () => {
    expect(() => edited("one two", [["three", "four"]])).toThrow("three");
  });
});

describe("limits", () => {
  it("are never passed by refund-bot", () => {
    const [{ policy }] = agentNamed("refund-bot").releases;
    const amounts = workedOff("refund-bot").flatMap(toolSteps).filter(({ spec }) => spec.name === "refund_create").map(({ args }) => Number(args.amount));
    expect(amounts.length).toBeGreaterThan(50);
    expect(Math.max(...amounts)).toBeLessThanOrEqual(policy.limits.refund_eur ?? 0);
  });

  it("keep contractors from customer data while access-desk runs as approved, and no longer after the edit", () => {
    const granted = (at: Date) => workedOff("access-desk", at).filter((finished) => {
      const { kind, systemId } = finished.task.facts as { kind?: string; systemId?: string };
      const isCustomerData = systemId === "prod-billing" || systemId === "support-console";
      return kind === "contractor" && isCustomerData && toolSteps(finished).some(({ spec, error }) => spec.name === "access_grant" && !error);
    }).length;
    expect(granted(new Date(FIRST_START.getTime() - 86_400_000))).toBe(0);
    expect(granted(FIRST_START)).toBeGreaterThan(0);
  });
});
