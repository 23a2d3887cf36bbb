import { describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeRollout, type MadeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { assignTask } from "./assign-task.ts";
import { endRollout } from "./end-rollouts.ts";
import { lockRollout, moveRollout } from "./lock-rollout.ts";
import { abortRollout, pauseRollout } from "./steer-rollout.ts";

useDatabase();

interface Tried {
  agent: ActingAgent;
  rollout: MadeRollout;
}

/** Nearly every task is the candidate's. */
async function tried(): Promise<Tried> {
  const agent = await makeActingAgent();
  return { agent, rollout: await makeRollout(agent, { candidate: actingManifest({ label: "2.0", prompt: "A new prompt." }), exposure: 0.999 }) };
}

const assign = ({ agent }: Tried, task: string) => assignTask(agent.key, { agentId: agent.id, task, unit: null });
const waiting = async (query: string): Promise<number> => (await pool().query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1", [query])).rowCount ?? 0;

/** Index in the log of the move, and of each task that the candidate got. */
async function logged({ rollout }: Tried, move: string): Promise<{ move: number; candidates: number[] }> {
  const entries = await prisma().logEntry.findMany({ where: { subject: rollout.id }, orderBy: { index: "asc" }, select: { index: true, kind: true, body: true } });
  return {
    move: Number(entries.find(({ kind }) => kind === move)?.index ?? -1),
    candidates: entries.filter(({ kind, body }) => kind === "task.assigned" && body.includes('"arm":"candidate"')).map(({ index }) => Number(index)),
  };
}

const MOVES = {
  "rollout.paused": async ({ agent, rollout }: Tried) => pauseRollout(agent.owners.technical_owner, { rolloutId: rollout.id, revision: 1, reason: "Looking at it." }),
  "rollout.aborted": async ({ agent, rollout }: Tried) => abortRollout(agent.owners.technical_owner, { rolloutId: rollout.id, reason: "Not this one." }),
};

describe.each(Object.entries(MOVES))("%s", (kind, move) => {
  test("waits for a task that was drawn before it and is being stored", async () => {
    const made = await tried();
    const { agent, rollout } = made;
    const client = await pool().connect();
    try {
      // Somebody else stores the same task and has not committed: the assignment has read the rollout and waits in its INSERT.
      await client.query("BEGIN");
      await client.query(
        "INSERT INTO assignment (rollout_id, task_id, agent_id, unit, arm, probability, stage_index, exposure_index, assigned_at) VALUES ($1, 'T-1', $2, 'T-1', 'current', 0.5, 1, 0, now())", [rollout.id, agent.id],
      );
      const assigned = assign(made, "T-1");
      await expect.poll(() => waiting("%INSERT INTO assignment%")).toBe(1);
      let isMoved = false;
      const moved = move(made).finally(() => { isMoved = true; });
      await expect.poll(async () => isMoved || (await waiting("%pg_advisory_xact_lock(%")) === 1).toBe(true);
      await client.query("ROLLBACK");
      expect((await assigned).arm).toBe("candidate");
      await moved;
    } finally {
      client.release();
    }
    const found = await logged(made, kind);
    expect(found.candidates).toHaveLength(1);
    expect(found.candidates[0]).toBeLessThan(found.move);
  });

  test("comes before every task that is stored after it, however many are asked for meanwhile", async () => {
    const made = await tried();
    const [first] = await Promise.all(Array.from({ length: 40 }, (_, index) => assign(made, `before-${index}`)));
    expect(first?.rolloutId).toBe(made.rollout.id);
    let isMoved = false;
    const moved = move(made).finally(() => { isMoved = true; });
    for (let round = 0; !isMoved; round += 1) await Promise.all(Array.from({ length: 20 }, (_, index) => assign(made, `during-${round}-${index}`)));
    await moved;
    const found = await logged(made, kind);
    expect(found.candidates.length).toBeGreaterThan(20);
    expect(Math.max(...found.candidates)).toBeLessThan(found.move);
    expect((await assign(made, "after")).arm).toBe("current");
  });
});

test.each(["paused", "rolled_back"] as const)("a task that is asked for while a rollout is being %s is the current version's", async (state) => {
  const made = await tried();
  const held = Promise.withResolvers<undefined>();
  const written = Promise.withResolvers<undefined>();
  const move = prisma().$transaction(async (tx) => {
    const rollout = await lockRollout(tx, made.rollout.id);
    const now = new Date();
    if (state === "paused") await moveRollout(tx, rollout, { state, exposure: 0 }, { kind: state, by: "system:holdpoint" }, now);
    else await endRollout(tx, rollout, { state, reason: "The candidate does worse.", by: "system:holdpoint" }, now);
    written.resolve(undefined);
    await held.promise;
  });
  await written.promise;
  let isAssigned = false;
  const assigned = assign(made, "T-1").finally(() => { isAssigned = true; });
  await expect.poll(async () => isAssigned || (await waiting("%pg_advisory_xact_lock_shared%")) === 1).toBe(true);
  held.resolve(undefined);
  await move;
  expect((await assigned).arm).toBe("current");
  expect(await prisma().assignment.count({ where: { rolloutId: made.rollout.id, arm: "candidate" } })).toBe(0);
});

test("tasks of several agents do not wait for each other, nor for a judge that holds the rollout and moves nothing", async () => {
  const [one, other] = [await tried(), await tried()];
  const held = Promise.withResolvers<undefined>();
  const locked = Promise.withResolvers<undefined>();
  const judging = prisma().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM rollout WHERE id = ${one.rollout.id} FOR NO KEY UPDATE`;
    locked.resolve(undefined);
    await held.promise;
  });
  await locked.promise;
  const answers = await Promise.all([one, other].flatMap((made) => Array.from({ length: 10 }, (_, index) => assign(made, `T-${index}`))));
  held.resolve(undefined);
  await judging;
  expect(answers.filter(({ arm }) => arm === "candidate").length).toBeGreaterThan(15);
});
