import http from "node:http";
import { createHmac } from "node:crypto";
import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import type { AgentCard } from "../domain/agent-card.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { CARD, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { editCard } from "./agents.ts";
import { isInside, sendWebhook, webhookSecret } from "./compensation-webhook.ts";
import { endAction } from "./end-action.ts";
import { rehearseHook } from "./rehearse-hook.ts";
import { approveUndo, markDoneByHand, startUndo } from "./undo.ts";
import { runUndoSteps } from "./undo-steps.ts";

useDatabase();

interface Received {
  headers: http.IncomingHttpHeaders;
  body: string;
}

let hook: http.Server, address: string;
let received: Received[] = [];
let answerWith: (response: http.ServerResponse) => void;
let agent: ActingAgent;
let ola: PersonActor, mia: PersonActor;

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET ??= "a secret that only this test knows, long enough";
  hook = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => (body += part)).on("end", () => {
      received.push({ headers: request.headers, body });
      answerWith(response);
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${(hook.address() as AddressInfo).port}`;
  agent = await makeActingAgent({}, `http://${address}/void`);
  [ola, mia] = [await makePerson("Ola", ["on_call"]), await makePerson("Mia", ["operator"])];
});
beforeEach(() => {
  received = [];
  answerWith = (response) => response.writeHead(200).end("voided");
});
afterAll(() => {
  hook.closeAllConnections();
  hook.close();
});

async function done(given: Parameters<ActingAgent["prepare"]>[0] = {}): Promise<string> {
  const { action } = await agent.prepare(given);
  await endAction(agent.key, { state: "committed", actionId: action.id, result: { refund: action.id }, downstream: null });
  return action.id;
}

const undo = (scope: "action" | "run" | "version", target: string, person = ola) => startUndo(person, { agentId: agent.id, scope, target, reason: "Twice." });
const stored = (id: string) => prisma().action.findUniqueOrThrow({ where: { id } });
const stepsOf = (undoId: string) => prisma().undoStep.findMany({ where: { undoId }, orderBy: { position: "asc" } });
const stateOf = async (undoId: string) => (await prisma().undo.findUniqueOrThrow({ where: { id: undoId } })).state;
const at = (ms: number) => new Date(Date.now() + ms);
const run = (ms = 0) => runUndoSteps(at(ms), [address]);
const kindsAbout = async (subject: string) => (await prisma().logEntry.findMany({ where: { subject }, orderBy: { index: "asc" } })).map(({ kind }) => kind);

describe("a hook", () => {
  test("is called with the stored arguments, signed so that a library can check it, and the action is taken back", async () => {
    const actionId = await done({ input: { amount: 20, order: "77" } });
    const { undoId, state } = await undo("action", actionId);
    expect([state, (await stored(actionId)).state]).toEqual(["running", "compensating"]);
    await run();
    expect([await stateOf(undoId), (await stored(actionId)).state]).toEqual(["done", "compensated"]);
    const [{ headers, body }] = received as [Received];
    const key = Buffer.from(webhookSecret(agent.id).slice("whsec_".length), "base64");
    expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(`${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`).digest("base64")}`);
    expect(headers["webhook-id"]).toBe((await stepsOf(undoId))[0]?.id);
    expect(JSON.parse(body)).toMatchObject({ type: "action.compensate", data: { actionId, tool: "refund_create", arguments: { amount: 20, order: "77" }, result: { refund: actionId }, dryRun: false } });
    expect(await kindsAbout(undoId)).toEqual(["undo.started", "undo.step_tried"]);
    expect((await kindsAbout(actionId)).at(-1)).toBe("action.compensated");
    await expect(undo("action", actionId)).rejects.toThrow(NotPossible);
  });

  test("that fails is tried again under the same id, and in the end a person does it", async () => {
    answerWith = (response) => response.writeHead(503).end();
    const actionId = await done();
    const { undoId } = await undo("action", actionId);
    let ms = 0;
    for (const pauseMs of [0, 1_001, 5_001, 30_001, 120_001, 600_001]) await run((ms += pauseMs));
    expect(await run(ms + 3_600_000)).toBe(0);
    expect(received).toHaveLength(6);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const [step] = await stepsOf(undoId);
    expect([step?.state, step?.attempts, step?.error, await stateOf(undoId), (await stored(actionId)).state]).toEqual(["by_hand", 6, "It answered 503.", "partial", "by_hand"]);
    await expect(markDoneByHand(await makePerson("Vi", ["viewer"]), { stepId: step?.id ?? "" })).rejects.toThrow(NotPermitted);
    await markDoneByHand(mia, { stepId: step?.id ?? "", note: "Called the bank." });
    expect([await stateOf(undoId), (await stored(actionId)).state]).toEqual(["done", "compensated"]);
    await expect(markDoneByHand(mia, { stepId: step?.id ?? "" })).rejects.toThrow(Conflict);
  });

  test("of a process that died in the middle is called again, and two processes at once call it once", async () => {
    const { undoId } = await undo("action", await done());
    await prisma().undoStep.updateMany({ where: { undoId }, data: { state: "running", attempts: 1, nextAttemptAt: at(-1) } });
    await Promise.all([run(), run(), run()]);
    expect(received).toHaveLength(1);
    expect(await stateOf(undoId)).toBe("done");
  });
});

describe("a hook that misbehaves", () => {
  /** Speaks HTTP by hand, as a broken proxy does. */
  async function rawHook(says: (socket: net.Socket) => void): Promise<{ at: string; calls: () => number; close: () => void }> {
    let calls = 0;
    const server = net.createServer((socket) => void socket.on("error", () => undefined).once("data", () => {
      calls++;
      says(socket);
    }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls, close: () => server.close() };
  }
  const ok = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nvoided";
  const failed = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";

  test.each([
    ["yes and then no", ok + failed, ["done", 1, null]], ["no and then yes", failed + ok, ["waiting", 1, "It answered 500."]], ["half an answer", ok.slice(0, -3), ["waiting", 1, "It could not be reached."]],
    ["early hints and then yes", `HTTP/1.1 103 Early Hints\r\n\r\n${ok}`, ["done", 1, null]], ["no HTTP at all", "voided", ["waiting", 1, "It could not be reached."]],
  ])("says %s: what it says first counts, once", async (_, answer, outcome) => {
    const raw = await rawHook((socket) => socket.end(answer));
    const own = await makeActingAgent({}, `http://${raw.at}/void`);
    const { action } = await own.prepare();
    await endAction(own.key, { state: "committed", actionId: action.id, result: null, downstream: null });
    const { undoId } = await startUndo(ola, { agentId: own.id, scope: "action", target: action.id, reason: "Twice." });
    await runUndoSteps(at(0), [raw.at]);
    const [step] = await stepsOf(undoId);
    expect([step?.state, step?.attempts, step?.error]).toEqual(outcome);
    expect([raw.calls(), (await kindsAbout(action.id)).filter((kind) => kind === "action.compensated").length]).toEqual([1, outcome[0] === "done" ? 1 : 0]);
    raw.close();
    await prisma().undoStep.updateMany({ where: { undoId, state: "waiting" }, data: { state: "skipped" } });
  });

  test("that did it while Holdpoint was gone is called again under the same id, and taken back once", async () => {
    const actionId = await done();
    const { undoId } = await undo("action", actionId);
    const client = await pool().connect();
    const answered = Promise.withResolvers<void>();
    // The effect is there and the answer under way, when the connection that would record it dies.
    answerWith = (response) => void client.query("BEGIN").then(() => client.query("SELECT 1 FROM log_head WHERE id = 1 FOR UPDATE")).then(() => response.writeHead(200).end("voided")).then(() => answered.resolve());
    const running = run().catch((error: unknown) => error);
    await answered.promise;
    await expect.poll(async () => (await pool().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%log_head%'")).rowCount).toBe(1);
    await client.query("ROLLBACK");
    client.release();
    expect(await running).toBeInstanceOf(Error);
    expect([(await stepsOf(undoId))[0]?.state, await stateOf(undoId), (await stored(actionId)).state]).toEqual(["running", "running", "compensating"]);
    answerWith = (response) => response.writeHead(200).end("voided before");
    await run(20_000);
    expect([await stateOf(undoId), (await stored(actionId)).state]).toEqual(["done", "compensated"]);
    expect(received).toHaveLength(2);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect((await kindsAbout(actionId)).filter((kind) => kind === "action.compensated")).toHaveLength(1);
  });
});

describe("where a hook may be", () => {
  const send = (url: string, allowed: string[] = [], timeoutMs = 2_000) => sendWebhook({ url, id: "us_1", agentId: "a", type: "t", source: "s", data: {}, isDryRun: false }, allowed, new Date(), timeoutMs);

  test.each(["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "not an address"])("%s is inside", (one) => expect(isInside(one)).toBe(true));
  test.each(["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])("%s is outside", (one) => expect(isInside(one)).toBe(false));

  test.each(["http://localhost:1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://127.0.0.1.nip.invalid/", "ftp://example.test/", "http://a:b@example.test/", "nonsense"])("%s is not called", async (url) => {
    expect(await send(url)).toMatchObject({ ok: false, status: null });
  });

  test("is refused inside unless its host is listed; a redirect is not followed, and who hangs is left", async () => {
    expect(await send(`http://${address}/`)).toMatchObject({ ok: false, sentence: expect.stringMatching(/inside this network/) as string });
    expect(received).toHaveLength(0);
    expect(await send(`http://${address}/`, ["127.0.0.1"])).toEqual({ ok: true, status: 200, body: "voided" });
    answerWith = (response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    expect(await send(`http://${address}/`, [address])).toMatchObject({ ok: false, status: 302 });
    answerWith = () => undefined;
    expect(await send(`http://${address}/`, [address], 50)).toMatchObject({ ok: false, status: null, sentence: expect.stringMatching(/did not answer/) as string });
    answerWith = (response) => response.writeHead(200).end("x".repeat(100_000));
    expect(((await send(`http://${address}/`, [address])) as { body: string }).body).toHaveLength(4_000);
  });
});

describe("the card", () => {
  async function strict(reversal: AgentCard["reversal"]) {
    const own = await makeActingAgent({}, `http://${address}/void`);
    await editCard(own.owners.business_owner, { agentId: own.id, card: { ...CARD, reversal } });
    const { action } = await own.prepare();
    await endAction(own.key, { state: "committed", actionId: action.id, result: null, downstream: null });
    return { ...own, actionId: action.id, ask: (person: PersonActor) => startUndo(person, { agentId: own.id, scope: "action", target: action.id, reason: "Twice." }) };
  }

  test("can ask for a second person each time", async () => {
    const { ask, actionId } = await strict({ secondPerson: "every", approver: null });
    const { undoId, state } = await ask(ola);
    expect([state, await run(), (await stored(actionId)).state]).toEqual(["waiting", 0, "committed"]);
    await expect(approveUndo(ola, { undoId })).rejects.toThrow(/second person/);
    await approveUndo(mia, { undoId });
    await run();
    expect(await stateOf(undoId)).toBe("done");
  });

  test("asks a second person in vain where the first was disabled, or may no longer", async () => {
    for (const changes of [{ disabledAt: new Date() }, { houseRoles: ["viewer"] }]) {
      const [{ ask, actionId }, gone] = [await strict({ secondPerson: "every", approver: null }), await makePerson("Gil", ["operator"])];
      const { undoId } = await ask(gone);
      await prisma().person.update({ where: { id: gone.id }, data: changes });
      await expect(approveUndo(mia, { undoId })).rejects.toThrow(/may no longer take actions back/);
      expect([await stateOf(undoId), (await stored(actionId)).state]).toEqual(["waiting", "committed"]);
      await approveUndo(mia, { undoId: (await ask(ola)).undoId });
      await run();
      expect((await stored(actionId)).state).toBe("compensated");
    }
  });

  test("can name the owner who has to be one of the two; what it said when somebody asked is kept", async () => {
    const { ask, owners, id } = await strict({ secondPerson: "every", approver: "business_owner" });
    const { undoId } = await ask(ola);
    await expect(approveUndo(mia, { undoId })).rejects.toThrow(/only they/);
    await expect(approveUndo(owners.technical_owner, { undoId })).rejects.toThrow(/business owner/);
    await editCard(owners.technical_owner, { agentId: id, card: CARD });
    await expect(approveUndo(mia, { undoId })).rejects.toThrow(NotPossible);
    await approveUndo(owners.business_owner, { undoId });
    await run();
    expect(await stateOf(undoId)).toBe("done");
  });

  test("is content with any second person when that owner has asked", async () => {
    const { ask, owners } = await strict({ secondPerson: "every", approver: "business_owner" });
    const { undoId } = await ask(owners.business_owner);
    await expect(approveUndo(owners.business_owner, { undoId })).rejects.toThrow(/second person/);
    await approveUndo(mia, { undoId });
    await run();
    expect(await stateOf(undoId)).toBe("done");
  });

  test("with an owner but no second person each time asks for nobody where one action comes back by itself", async () => {
    const { ask } = await strict({ secondPerson: "large", approver: "business_owner" });
    expect((await ask(ola)).state).toBe("running");
    await run();
  });
});

describe("more than one action", () => {
  test("waits for a second person, and goes newest first with a person's step in its place", async () => {
    const oldest = await done({ conversationId: "run-1", input: { amount: 1 } });
    const letter = await done({ conversationId: "run-1", tool: "letter_send", input: { to: "me" } });
    const newest = await done({ conversationId: "run-1", input: { amount: 2 } });
    const { undoId, state } = await undo("run", "run-1");
    expect([state, await run(), (await stored(newest)).state]).toEqual(["waiting", 0, "committed"]);
    await expect(approveUndo(ola, { undoId })).rejects.toThrow(/second person/);
    await approveUndo(mia, { undoId });
    expect((await stepsOf(undoId)).map(({ actionId }) => actionId)).toEqual([newest, letter, oldest]);
    await run();
    await run();
    expect(await Promise.all([newest, letter, oldest].map(async (id) => (await stored(id)).state))).toEqual(["compensated", "by_hand", "compensating"]);
    const [, byHand] = await stepsOf(undoId);
    await markDoneByHand(ola, { stepId: byHand?.id ?? "" });
    await run();
    expect([await stateOf(undoId), (await stored(oldest)).state]).toEqual(["done", "compensated"]);
  });

  test("names what was begun and never told of, and is not done with it", async () => {
    const over = await done({ conversationId: "run-7" });
    const [underWay, unheard] = [(await agent.prepare({ conversationId: "run-7" })).action, (await agent.prepare({ conversationId: "run-7" })).action];
    await prisma().action.update({ where: { id: unheard.id }, data: { state: "expired", endedAt: at(0) } });
    const { undoId, state } = await undo("run", "run-7");
    expect(state).toBe("waiting");
    await approveUndo(mia, { undoId });
    await run();
    const steps = new Map((await stepsOf(undoId)).map(({ actionId, state: each, error }) => [actionId, [each, error]]));
    expect([steps.get(over)?.[0], steps.get(underWay.id), steps.get(unheard.id)?.[0]]).toEqual(["done", ["skipped", "It is under way, and its end is not known yet."], "skipped"]);
    expect(steps.get(unheard.id)?.[1]).toMatch(/whether it happened is not known/);
    expect([await stateOf(undoId), (await stored(underWay.id)).state]).toEqual(["partial", "started"]);
  });

  test("waits for what another reversal takes back of the same run first", async () => {
    const older = await done({ conversationId: "run-5" });
    const letter = await done({ conversationId: "run-5", tool: "letter_send", input: { to: "me" } });
    const elsewhere = await done({ conversationId: "run-6" });
    await undo("action", letter);
    const [{ undoId }, other] = [await undo("action", older), await undo("action", elsewhere)];
    await run();
    expect([await stateOf(undoId), await stateOf(other.undoId), (await stored(letter)).state]).toEqual(["running", "done", "by_hand"]);
    await markDoneByHand(mia, { stepId: (await prisma().undoStep.findFirstOrThrow({ where: { actionId: letter } })).id });
    await run();
    expect([await stateOf(undoId), (await stored(older)).state]).toEqual(["done", "compensated"]);
  });

  test("whose turn has not come keeps no other reversal from its own, however many they are", async () => {
    const waiting: string[] = [];
    for (let index = 0; index < 9; index++) {
      await done({ conversationId: `many-${index}` });
      await done({ conversationId: `many-${index}`, tool: "letter_send", input: { to: "me" } });
      const { undoId } = await undo("run", `many-${index}`);
      await approveUndo(mia, { undoId });
      waiting.push(undoId);
    }
    const { undoId } = await undo("action", await done());
    await run();
    expect([await stateOf(undoId), received.length]).toEqual(["done", 1]);
    expect(new Set(await Promise.all(waiting.map(stateOf)))).toEqual(new Set(["running"]));
  });

  test("with one that stays is partial and says so; two reversals of the same take it back once", async () => {
    const reversible = await done({ conversationId: "run-2" });
    const stays = await done({ conversationId: "run-2", tool: "credit_take" });
    const [one, two] = [await undo("run", "run-2"), await undo("run", "run-2")];
    await approveUndo(mia, { undoId: one.undoId });
    await approveUndo(mia, { undoId: two.undoId });
    await run();
    expect(received).toHaveLength(1);
    expect([await stateOf(one.undoId), await stateOf(two.undoId), (await stored(reversible)).state, (await stored(stays)).state]).toEqual(["partial", "partial", "compensated", "committed"]);
  });

  test("what is not done, is over, or belongs to another agent is refused", async () => {
    const { action } = await agent.prepare();
    await expect(undo("action", action.id)).rejects.toThrow(NotPossible);
    await expect(done({ reversibleUntil: at(-1_000) })).rejects.toThrow(/over already/);
    const over = await done({ reversibleUntil: at(60_000) });
    await prisma().action.update({ where: { id: over }, data: { reversibleUntil: at(-1_000) } });
    await expect(undo("action", over)).rejects.toThrow(/time in which/);
    await expect(undo("run", "nothing")).rejects.toThrow(NotFound);
    await expect(startUndo(ola, { agentId: "another", scope: "action", target: await done(), reason: "x" })).rejects.toThrow(NotFound);
    await expect(startUndo(agent.key, { agentId: agent.id, scope: "action", target: over, reason: "x" })).rejects.toThrow(NotPermitted);
  });
});

test("a hook is rehearsed without effect, and what came of it is remembered", async () => {
  expect(await rehearseHook(ola, { agentId: agent.id, tool: "refund_create" }, new Date(), { allowed: [address] })).toMatchObject({ isOk: true, sentence: "It answered 200." });
  expect(received[0]?.headers["holdpoint-dry-run"]).toBe("true");
  expect((JSON.parse(received[0]?.body ?? "{}") as { data: object }).data).toMatchObject({ dryRun: true });
  expect(await rehearseHook(ola, { agentId: agent.id, tool: "refund_create" }, new Date(), { allowed: [] })).toMatchObject({ isOk: false });
  await expect(rehearseHook(agent.key, { agentId: agent.id, tool: "refund_create" })).rejects.toThrow(NotPermitted);
  expect(await prisma().hookRehearsal.count({ where: { agentId: agent.id } })).toBe(2);
  expect(await rehearseHook(ola, { agentId: agent.id, tool: "letter_send" })).toMatchObject({ isOk: true, sentence: "The instructions were gone through." });
  await expect(rehearseHook(ola, { agentId: agent.id, tool: "payout_send" })).rejects.toThrow(NotFound);
});
