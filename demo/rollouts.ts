// Two approved versions beside the ones that they are to replace: one that does as well, and one that is rolled back by itself.

import { candidateRecipe as shorterNotes } from "./agents/crm-sync.ts";
import { candidateRecipe as postsAgain } from "./agents/invoice-match.ts";
import type { DemoAgent } from "./agents/demo-agent.ts";
import { approveTogether, startTogether, type Company } from "./company.ts";
import { existingKey, type DemoMemory } from "./demo-state.ts";
import { FLEET } from "./fleet.ts";
import { HoldpointClient, type RolloutView } from "./holdpoint-client.ts";
import { PEOPLE } from "./people.ts";
import type { JsonObject, Recipe } from "./recipe.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import { Telemetry } from "./telemetry.ts";
import { taskOf, workOnTask } from "./work-on-task.ts";

interface Place {
  url: string;
  memory: DemoMemory;
  records: SystemOfRecord;
  tell: (line: string) => void;
}

interface Trial {
  agentId: string;
  candidate: Recipe;
  reason: string;
  /** Tasks of the hours before the first start, half of them the candidate's. */
  tasks: number;
  plan: (plan: RolloutView["plan"]) => JsonObject;
}

const TASKS_AT_ONCE = 8;
/** So far apart did they come in. */
const BETWEEN_TASKS_MS = 60_000;

/** From the stage at which the agent stands, half of the tasks. */
const halfAtOnce = (stage: string) => (plan: RolloutView["plan"]): JsonObject => ({ ...plan, stages: plan.stages.filter((one) => one.stage === stage).map((one) => ({ ...one, exposures: [0.5] })) });

const TRIALS: readonly Trial[] = [
  { agentId: "crm-sync", candidate: shorterNotes, reason: "Shorter notes: nobody reads the long ones.", tasks: 240, plan: halfAtOnce("bounded") },
  { agentId: "invoice-match", candidate: postsAgain, reason: "Postings that hang on slow days are tried again.", tasks: 160, plan: halfAtOnce("assisted") },
];

/** Which version live tasks may be given besides the one that `stories.ts` names. */
export const candidateOf = (agent: DemoAgent): Recipe | null => TRIALS.find(({ agentId }) => agentId === agent.id)?.candidate ?? null;

export async function tryInStages(place: Place, company: Company): Promise<void> {
  for (const trial of TRIALS) {
    const agent = FLEET.find(({ id }) => id === trial.agentId);
    if (!agent) continue;
    const rollout = await approved(company, agent, trial);
    if (rollout?.state === "planned") await startTogether(company, rollout, trial.plan(rollout.plan));
    await workOff(place, agent, trial);
  }
}

async function approved(company: Company, agent: DemoAgent, { candidate, reason }: Trial): Promise<RolloutView | undefined> {
  const author = agent.owners.technical_owner === "author" ? "technicalOwner" : "author";
  const { change } = await company.pipeline.registerVersion(agent.id, candidate, { sourceRef: `ci/${agent.id}@${candidate.label}`, reason, author: PEOPLE[author].email });
  if (change?.state === "open") await approveTogether(company, agent, change.id, "Read and compared with the suites.");
  return (await company.as("businessOwner").rollouts(agent.id)).rollouts[0];
}

/** As the fleet does live: each task asks which version does it. */
async function workOff({ memory, url, records, tell }: Place, agent: DemoAgent, { candidate, tasks }: Trial): Promise<void> {
  const key = existingKey(memory.state, agent.id);
  const [client, telemetry] = [new HoldpointClient(url, key), new Telemetry(agent.id, url, key)];
  const firstStart = new Date(memory.state.firstStart);
  const current = agent.releases.at(-1) ?? agent.releases[0];
  const counts = { current: 0, candidate: 0 };
  for (let done = 0; done < tasks; done += TASKS_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(TASKS_AT_ONCE, tasks - done) }, async (_, index) => {
      const at = new Date(firstStart.getTime() - (tasks - done - index) * BETWEEN_TASKS_MS);
      const number = memory.takeNumber(agent.id);
      const order = { agent, number, at, firstStart, mayWrite: true };
      const { arm } = await client.assign(agent.id, taskOf({ ...order, recipe: current }).conversationId);
      counts[arm] += 1;
      telemetry.report(workOnTask({ ...order, recipe: arm === "candidate" ? candidate : current }, records));
    }));
    await telemetry.flush();
  }
  await telemetry.close();
  memory.save();
  tell(`  ${agent.id} ${candidate.label}: ${counts.candidate} tasks, beside ${counts.current} of ${current.label}`);
}
