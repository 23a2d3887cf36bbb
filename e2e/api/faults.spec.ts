import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { isBuilt } from "../../scripts/build.ts";
import { prisma } from "../../lib/database/database.ts";
import { manifestOf } from "../fixtures.ts";
import { AGENTS_ONLY, until, workOn, type Process } from "../own-server.ts";
import { startExporting } from "./exporting-agent.ts";
import { expect, test } from "./own-house.ts";
import { startSending, tally } from "./steady-sender.ts";
import { exportedTrace, getJson, postTraces, type Caller } from "./telemetry.ts";

test.describe.configure({ timeout: 120_000 });

const bindingOf = async (caller: Caller, agentId: string) => ((await getJson(caller, `/v1/agents/${agentId}/authority`)) as { binding?: { source: string } }).binding?.source;

/** A prompt that nobody approved, under the label of the approved version. */
const silentChange = (agentId: string) => exportedTrace({ service: agentId, version: "1.0", prompt: "Refund whatever is asked." });

const approved = (agentId: string) => exportedTrace({ service: agentId, version: "1.0", prompt: manifestOf().prompt as string });

test("the database stops and starts under load: nothing is lost, and nothing needs a restart", async ({ ownDatabase, start, makeAgent, makePerson, signInAs, page }) => {
  const server = await start({ DATABASE_URL: ownDatabase.url });
  const agent = await makeAgent();
  const caller = { url: server.url, secret: await agent.key() };
  await signInAs(await makePerson("Vera Viewer"));
  await page.goto(`${server.url}/agents`);
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
  const exporter = startExporting(caller, agent.id);
  const sender = startSending({ urls: () => [server.url], secret: caller.secret, agentId: agent.id });
  await until(() => sender.acknowledged.size >= 10, "the load runs");

  await ownDatabase.stop();
  const refused = await postTraces(caller, exportedTrace({ service: agent.id }));
  expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("content-type")]).toEqual([503, expect.stringMatching(/^\d+$/), "application/json"]);
  expect(await refused.json()).toMatchObject({ code: 14 });
  const asked = await fetch(`${server.url}/v1/agents/${agent.id}/authority`, { headers: { authorization: `Bearer ${caller.secret}` } });
  expect([asked.status, asked.headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
  const ready = await fetch(`${server.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: "not ready", unwell: expect.arrayContaining(["database"]) as string[] }]);
  const shell = await fetch(`${server.url}/api/console/shell`, { headers: { cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ") } });
  expect([shell.status, shell.headers.get("retry-after")]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  await page.goto(`${server.url}/agents`);
  await expect(page.getByText(/could not (?:be loaded|show this page)/)).toBeVisible();
  await expect(page.getByText("Nothing was changed.")).toBeVisible();

  await ownDatabase.restart();
  await until(async () => (await fetch(`${server.url}/readyz`)).ok, "the server is ready again");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
  expect((await postTraces(caller, silentChange(agent.id))).status).toBe(200);
  await until(async () => (await bindingOf(caller, agent.id)) === "unreviewed_change", "traffic is judged again");

  const exported = await exporter.finish();
  await sender.stop();
  expect(sender.wrongAnswers).toEqual([]);
  const { found, wanted } = await tally(sender.acknowledged);
  expect(found).toEqual(wanted);
  const stored = await prisma().span.findMany({ where: { traceId: { in: exported } }, select: { traceId: true } });
  expect(stored.map(({ traceId }) => traceId).sort()).toEqual(exported.toSorted());
});

test("kill -9 under load, of the process and then of its PostgreSQL: nothing acknowledged is missing", async ({ folder, start, makeAgent }) => {
  const environment = { ...AGENTS_ONLY, HOLDPOINT_DATA_DIR: folder, HOLDPOINT_LOG_LEVEL: "info" };
  const postmaster = () => Number(fs.readFileSync(path.join(folder, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  const wasAdopted = (server: Process) => /"adopted":true/.test(server.output());
  let server = await start(environment);
  const address = () => fs.readFileSync(path.join(folder, "database-url"), "utf8");
  let goBack = await workOn(address());
  const agent = await makeAgent();
  const sender = startSending({ urls: () => [server.url], secret: await agent.key(), agentId: agent.id });
  const moreLoad = async () => {
    const before = sender.acknowledged.size;
    await until(() => sender.acknowledged.size >= before + 10, "the load runs");
  };

  await moreLoad();
  const first = postmaster();
  expect(await server.stop("SIGKILL")).toBeNull();
  server = await start(environment);
  expect([wasAdopted(server), postmaster()]).toEqual([true, first]);
  await moreLoad();

  process.kill(first, "SIGKILL");
  await server.stop("SIGKILL");
  server = await start(environment);
  expect([wasAdopted(server), postmaster() === first]).toEqual([false, false]);
  await goBack();
  goBack = await workOn(address());
  await moreLoad();
  await sender.stop();
  expect(sender.wrongAnswers).toEqual([]);
  const { found, wanted } = await tally(sender.acknowledged);
  expect(found).toEqual(wanted);
  await goBack();
  expect(await server.stop()).toBe(0);
});

test("a second process joins, leaves in order and is killed: the other one goes on", async ({ ownAddress, start, makeAgent, makePerson, page }) => {
  // Without a secret in the environment, so that both must sign sessions with the one in the database.
  const environment = { DATABASE_URL: ownAddress, HOLDPOINT_SECRET: "" };
  const first = await start(environment);
  const agent = await makeAgent();
  const secret = await agent.key();
  const urls = [first.url];
  const sender = startSending({ urls: () => urls, secret, agentId: agent.id });
  const moreLoad = async () => {
    const before = sender.acknowledged.size;
    await until(() => sender.acknowledged.size >= before + 20, "the load runs");
  };
  await moreLoad();

  const second = await start(environment);
  urls.push(second.url);
  await moreLoad();
  expect(await bindingOf({ url: second.url, secret }, agent.id)).toBe(await bindingOf({ url: first.url, secret }, agent.id));
  const person = await makePerson("Vera Viewer", ["viewer"], "a long enough password");
  await page.goto(`${first.url}/sign-in`);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/now$/);
  await page.goto(`${second.url}/agents`);
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();

  urls.pop();
  expect(await second.stop()).toBe(0);
  await moreLoad();
  const third = await start({ ...environment, ...AGENTS_ONLY });
  urls.push(third.url);
  await moreLoad();
  await third.stop("SIGKILL");
  await moreLoad();
  urls.pop();

  const caller = { url: first.url, secret };
  expect((await postTraces(caller, approved(agent.id))).status).toBe(200);
  expect((await postTraces(caller, silentChange(agent.id))).status).toBe(200);
  await until(async () => (await bindingOf(caller, agent.id)) === "unreviewed_change", "the remaining process judges");
  await sender.stop();
  expect(sender.wrongAnswers).toEqual([]);
  const { found, wanted } = await tally(sender.acknowledged);
  expect(found).toEqual(wanted);

  // Whatever two processes did at the same time was done once.
  expect(await prisma().finding.count({ where: { agentId: agent.id, about: "1.0" } })).toBe(1);
  expect(await prisma().logEntry.count({ where: { kind: "finding.opened", agentId: agent.id } })).toBe(await prisma().finding.count({ where: { agentId: agent.id } }));
  await until(async () => (await prisma().rollupDue.count()) === 0, "everything is summed up");
  const summed = await prisma().rollup.aggregate({ where: { agentId: agent.id }, _sum: { runs: true, inputTokens: true } });
  const runs = await prisma().run.aggregate({ where: { agentId: agent.id }, _count: true, _sum: { inputTokens: true } });
  expect(summed._sum).toEqual({ runs: runs._count, inputTokens: runs._sum.inputTokens });
  const log = await prisma().logEntry.aggregate({ _count: true, _min: { index: true }, _max: { index: true } });
  expect(log).toEqual({ _count: log._count, _min: { index: 0n }, _max: { index: BigInt(log._count - 1) } });
});

test("a graceful stop answers what is under way, ends with 0 and takes its PostgreSQL along", async ({ folder, start, makeAgent }) => {
  test.skip(!isBuilt(), "the console is not built from these sources, and the start would build it");
  const server = await start({ ...AGENTS_ONLY, HOLDPOINT_DATA_DIR: folder }, { command: ["sh", "-c", "exec node scripts/start.ts"] });
  const goBack = await workOn(fs.readFileSync(path.join(folder, "database-url"), "utf8"));
  const agent = await makeAgent();
  const secret = await agent.key();
  await goBack();

  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json", expect: "100-continue" };
  const request = http.request(`${server.url}/v1/traces`, { method: "POST", headers, agent: false });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => request.once("response", resolve).once("error", reject));
  const isUnderWay = new Promise((resolve) => request.once("continue", resolve));
  request.flushHeaders();
  await isUnderWay;
  const ended = server.stop();
  await until(() => fetch(`${server.url}/healthz`).then(() => false, () => true), "nobody new is let in");
  request.end(JSON.stringify(exportedTrace({ service: agent.id })));
  expect((await answered).statusCode).toBe(200);
  expect(await ended).toBe(0);
  expect(fs.existsSync(path.join(folder, "postgres/postmaster.pid"))).toBe(false);
});
