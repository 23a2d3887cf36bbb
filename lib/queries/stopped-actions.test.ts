import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { followUpsDone } from "../follow-up.ts";
import { engageStop } from "../operations/stops.ts";
import { makeActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { choiceQuantity } from "../domain/stop-words.ts";
import { getStoppedActions } from "./stopped-actions.ts";
import { getBlastRadius } from "./stops.ts";

useDatabase();

test("what a stop meets is counted before, and told apart afterwards: ended, or under way", async () => {
  const [agent, other] = [await makeActingAgent(), await makeActingAgent()];
  const begun = await agent.prepare({ input: { amount: 20 } });
  await agent.prepare({ input: { amount: 200 } });
  await other.prepare({ input: { amount: 20 } });
  const seeded = await storeAction(agent.id, { isSeeded: true });
  const scope = { scope: "agent" as const, target: agent.id };
  const radius = await getBlastRadius(scope, new Date());
  expect(radius).toMatchObject({ actionsUnderWay: 1, actionsWaiting: 2 });
  expect(choiceQuantity({ ...scope, ...radius })).toBe("0 runs active, 1 action under way, 2 waiting");
  const { stopId } = await engageStop(await makePerson("Ola", ["on_call"]), { ...scope, reason: null });
  await followUpsDone();
  const met = await getStoppedActions({ ...scope, id: stopId, releasedAt: null });
  expect(met).toMatchObject({ cancelled: 2, moreUnderWay: 0, underWay: [{ id: begun.action.id, tool: "refund_create" }] });
  expect((await prisma().action.findUniqueOrThrow({ where: { id: seeded } })).state).toBe("stopped");
});
