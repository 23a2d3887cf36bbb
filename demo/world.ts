// Sets the demo up: people, keys, agents with their owners and versions, the past, and the stories. Each step once.

import { randomBytes } from "node:crypto";
import type { DemoAgent } from "./agents/demo-agent.ts";
import { TIER_QUESTIONS, type Owners } from "./agents/demo-agent.ts";
import { approveTogether, companyAt, proposed, skipStages, type Company } from "./company.ts";
import { existingKey, type DemoMemory } from "./demo-state.ts";
import { FLEET } from "./fleet.ts";
import { HISTORY_DAYS, reportHistory, taskTimes } from "./history.ts";
import { twoAtATime, type HoldpointCommand } from "./holdpoint-command.ts";
import { HoldpointClient, Refused, type OwnerAssignment } from "./holdpoint-client.ts";
import { PEOPLE, PEOPLE_WITH_KEYS, PERSON_KEYS, type PersonKey } from "./people.ts";
import type { Recipe } from "./recipe.ts";
import { tryInStages } from "./rollouts.ts";
import { proposeWiderRefunds, refuseFailover } from "./stories.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import { Telemetry } from "./telemetry.ts";

const DEPUTY_DAYS = 30;
const LAST_STEP = "versions tried in stages";
const STAGES = ["shadow", "assisted", "partial", "bounded"] as const;

export interface World {
  url: string;
  memory: DemoMemory;
  command: HoldpointCommand;
  records: SystemOfRecord;
  tell: (line: string) => void;
}

export const freshState = () => ({ password: randomBytes(12).toString("base64url"), firstStart: new Date().toISOString() });

export async function setUpWorld(world: World): Promise<void> {
  const { memory, tell, url } = world;
  if (memory.state.done.includes(LAST_STEP)) return;
  tell("People and keys");
  await makePeople(world);
  await memory.once("on-call handed over", () => world.command.handOverOnCall(PEOPLE.onCall.email));
  tell("Agents with their cards, owners and keys");
  for (const agent of FLEET) await memory.once(`agent ${agent.id}`, () => bringIn(world, agent));
  await makeAgentKeys(world);
  const company = companyAt(url, memory.state);
  tell("Versions, tiers and stages, each reviewed");
  for (const agent of FLEET) await memory.once(`approved ${agent.id}`, () => putIntoService(company, agent));
  tell(`${HISTORY_DAYS} days of history`);
  const started = performance.now();
  for (const agent of FLEET) await liveThrough(world, company, agent);
  tell(`History reported in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  await memory.once("failover refused", () => refuseFailover(company));
  await memory.once("wider refunds proposed", () => proposeWiderRefunds(company));
  tell("Two approved versions, tried in stages");
  await memory.once(LAST_STEP, () => tryInStages(world, company));
}

async function makePeople({ memory, command }: World): Promise<void> {
  const { state } = memory;
  await twoAtATime(PERSON_KEYS.filter((person) => !state.people[person]), async (person) => {
    state.people[person] = await command.createUser(PEOPLE[person], state.password);
    memory.save();
  });
  await twoAtATime(PEOPLE_WITH_KEYS.filter((person) => !state.keys[person]), async (person) => {
    state.keys[person] = await command.createPersonalKey(PEOPLE[person].email);
    memory.save();
  });
}

async function makeAgentKeys({ memory, command }: World): Promise<void> {
  const { keys } = memory.state;
  await twoAtATime(["ci", ...FLEET.map(({ id }) => id)].filter((name) => !keys[name]), async (name) => {
    keys[name] = name === "ci" ? await command.createPipelineKey() : await command.createAgentKey(name);
    memory.save();
  });
}

async function bringIn({ memory, url }: World, agent: DemoAgent): Promise<void> {
  const administrator = new HoldpointClient(url, existingKey(memory.state, "administrator"));
  try {
    await administrator.createAgent(agent.id, agent.card);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409) throw error;
  }
  const until = new Date(Date.parse(memory.state.firstStart) + DEPUTY_DAYS * 86_400_000).toISOString();
  const assign = (owners: Owners, deputy: Partial<OwnerAssignment>): OwnerAssignment[] =>
    Object.entries(owners).map(([role, person]: [string, PersonKey]) => ({ role, personId: memory.state.people[person] ?? "", ...deputy }));
  await administrator.assignOwners(agent.id, [...assign(agent.owners, {}), ...assign(agent.deputies, { isDeputy: true, deputyUntil: until })]);
}

async function putIntoService(company: Company, agent: DemoAgent): Promise<void> {
  await release(company, agent, agent.releases[0], "First release that Holdpoint reviews.");
  const answers = Object.fromEntries(TIER_QUESTIONS.map((question) => [question, agent.tierYes.includes(question)]));
  const tierId = await proposed(company, agent, "tier", () => company.as("businessOwner").proposeTier(agent.id, agent.tier, answers, agent.tierReason));
  if (tierId) await approveTogether(company, agent, tierId, "Agreed after the guide's questions.");
  for (const stage of STAGES.slice(1, STAGES.indexOf(agent.stage) + 1)) {
    const owner = company.as(agent.owners.technical_owner ?? "technicalOwner");
    const stageId = await proposed(company, agent, "stage", () => owner.proposeStage(agent.id, stage, "Two weeks without a wrong action at the stage before."));
    if (stageId) await approveTogether(company, agent, stageId, "The figures of the last two weeks bear it.");
  }
}

async function release(company: Company, agent: DemoAgent, recipe: Recipe, reason: string): Promise<void> {
  const { change } = await company.pipeline.registerVersion(agent.id, recipe, { sourceRef: `ci/${agent.id}@${recipe.label}`, reason });
  if (change?.state === "open") await approveTogether(company, agent, change.id, "Read and compared with the suites.");
  await skipStages(company, agent, "It was in service before Holdpoint was; its figures of those days are reported.");
}

/** The history of a release is reported while that release is the approved one. */
async function liveThrough({ memory, url, records, tell }: World, company: Company, agent: DemoAgent): Promise<void> {
  const firstStart = new Date(memory.state.firstStart);
  const telemetry = new Telemetry(agent.id, url, existingKey(memory.state, agent.id));
  for (const [index, recipe] of agent.releases.entries()) {
    await memory.once(`history ${agent.id} ${recipe.label}`, async () => {
      if (index > 0) await release(company, agent, recipe, RELEASE_REASONS[agent.id] ?? "Next release.");
      const runs = await reportHistory({ agent, firstStart, records, telemetry }, [recipe.label]);
      tell(`  ${agent.id} ${recipe.label}: ${runs} runs`);
    });
  }
  await telemetry.close();
  memory.state.nextNumber[agent.id] ??= taskTimes(agent, firstStart).length + 1;
  memory.save();
}

const RELEASE_REASONS: Record<string, string> = {
  "crm-sync": "The smaller model does as well in the regression suite, at a fraction of the cost.",
  "invoice-match": "Blank line before a heading.",
};
