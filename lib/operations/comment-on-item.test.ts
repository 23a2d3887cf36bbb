import { beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { NotFound, NotPermitted } from "../errors.ts";
import { findChange } from "../queries/change.ts";
import { getInbox } from "../queries/inbox.ts";
import { readComments } from "../queries/item-comments.ts";
import { findItemNotes } from "../queries/item-triage.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { digestForLog } from "./append-to-log.ts";
import { commentOnItem, commentSchema } from "./comment-on-item.ts";

useDatabase();

let agent: MadeAgent;
let ana: PersonActor;
beforeAll(async () => {
  agent = await makeAgent();
  ana = await makePerson("Ana Ruiz", ["operator"]);
});

test("what somebody says is kept with who and when, counted in the row, and the log commits to it without telling it", async () => {
  const item = await storeAction(agent.id);
  const [first, second] = [new Date("2026-11-22T02:11:00Z"), new Date("2026-11-22T02:12:00Z")];
  await commentOnItem(ana, { item, text: "  I asked the desk. <b>Wait</b>  " }, first);
  await commentOnItem(agent.owners.technical_owner, { item, text: "They know." }, second);
  expect(await readComments(item)).toMatchObject([{ who: "Priya Nair", text: "They know.", at: second }, { who: "Ana Ruiz", text: "I asked the desk. <b>Wait</b>", at: first }]);
  const viewer = await makePerson("Vic", ["viewer"]);
  expect((await getInbox(viewer, "all", new Date())).items.find(({ key }) => key === item)?.triage).toMatchObject({ comments: 2 });
  const logged = await prisma().logEntry.findFirstOrThrow({ where: { subject: item, kind: "item.commented" }, orderBy: { index: "asc" } });
  expect(logged).toMatchObject({ actor: `person:${ana.id}`, agentId: agent.id });
  expect(logged.body).toContain(digestForLog("I asked the desk. <b>Wait</b>"));
  expect(logged.body).not.toContain("asked the desk");
});

test("a change tells it in its history, also when it is decided, and with its spot check", async () => {
  const { change } = await agent.register(manifest({ prompt: "You handle refunds. Be brief." }));
  const item = change?.id ?? "";
  await commentOnItem(ana, { item, text: "Looks fine." }, new Date("2026-11-22T02:11:00Z"));
  await prisma().change.update({ where: { id: item }, data: { state: "approved", spotCheckDue: true } });
  await commentOnItem(ana, { item: `spot-${item}`, text: "Checked." });
  const said = (await findChange(item, ana, new Date()))?.history.filter(({ what }) => what === "commented").map(({ who, comment }) => [who, comment]);
  expect(said).toEqual([["Ana Ruiz", "Checked."], ["Ana Ruiz", "Looks fine."]]);
  expect(await findItemNotes(ana, `spot-${item}`, new Date())).toMatchObject({ waits: true, comments: 2 });
  expect(await findItemNotes(ana, item, new Date())).toMatchObject({ waits: false, comments: 2 });
});

test("nothing, too much, of nothing, and by whoever may not", async () => {
  const item = await storeAction(agent.id);
  for (const text of ["", "  ", "x".repeat(2_001)]) expect(commentSchema.safeParse({ item, text }).success).toBe(false);
  await expect(commentOnItem(ana, { item: "ac_0000000000000000", text: "Hm." })).rejects.toThrow(NotFound);
  await expect(commentOnItem(await makePerson("Vic", ["viewer"]), { item, text: "Hm." })).rejects.toThrow(NotPermitted);
  expect(await findItemNotes(ana, "nonsense", new Date())).toBeNull();
  expect(await readComments(item)).toEqual([]);
});
