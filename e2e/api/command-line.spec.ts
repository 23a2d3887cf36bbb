import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { prisma } from "../../lib/database/database.ts";
import { ROOT } from "../../scripts/run-command.ts";
import { until } from "../own-server.ts";
import { expect, test } from "./own-house.ts";
import { exportedTrace } from "./telemetry.ts";

// Each command is a process of its own, which takes its time to start on a busy machine.
test.describe.configure({ timeout: 120_000 });

interface Said {
  code: number | null;
  out: string;
  error: string;
}

const startCommand = (words: string[], environment: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, ["cli/holdpoint.ts", ...words], { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment } });

async function holdpoint(words: string[], { input = "", environment = {} }: { input?: string; environment?: Record<string, string> } = {}): Promise<Said> {
  const child = startCommand(words, environment);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stdin?.end(input);
  const [out, error] = await Promise.all([child.stdout ? text(child.stdout) : "", child.stderr ? text(child.stderr) : ""]);
  return { code: await ended, out, error };
}

test("people and keys are made, used and taken back", async ({ ownAddress, start, makeAgent, page }) => {
  const server = await start({ DATABASE_URL: ownAddress });
  const agent = await makeAgent({ isBare: true });
  const password = "a long enough password";
  const ada = await holdpoint(["user", "create", "--name", "Ada Automation", "--email", "Ada@example.test", "--role", "operator,administrator", "--password-stdin"], { input: `${password}\n` });
  expect(ada).toEqual({ code: 0, out: "Ada Automation can sign in as ada@example.test.\n", error: "" });
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("E-mail").fill("ada@example.test");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/now$/);
  const made = JSON.parse((await holdpoint(["user", "create", "--name", "Lin", "--email", "lin@example.test", "--json"])).out) as { id: string; password: string };
  expect(made.password.length).toBeGreaterThanOrEqual(16);

  const read = (secret: string) => fetch(`${server.url}/v1/agents/${agent.id}`, { headers: { authorization: `Bearer ${secret}` } });
  const key = JSON.parse((await holdpoint(["key", "create", "--name", "CI", "--agent", agent.id, "--scope", "versions", "--json"])).out) as { id: string; secret: string };
  expect((await read(key.secret)).status).toBe(200);
  const own = await holdpoint(["key", "create", "--name", "Ada's", "--person", "ada@example.test"]);
  expect((await read(/hp_\S+/.exec(own.out)?.[0] ?? "")).status).toBe(200);
  expect(await holdpoint(["key", "revoke", key.id])).toEqual({ code: 0, out: `Key ${key.id} is revoked.\n`, error: "" });
  expect((await read(key.secret)).status).toBe(401);
  const refused = [["key", "revoke", "key_nobody"], ["key", "create", "--name", "x", "--person", "nobody@example.test"], ["user", "create", "--name", "Ada", "--email", "ada@example.test"]];
  expect((await Promise.all(refused.map((words) => holdpoint(words)))).map(({ code, error }) => [code, error])).toEqual([
    [1, "There is no such key.\n"], [1, "Nobody has this e-mail address.\n"], [1, "Somebody with this e-mail address exists already.\n"],
  ]);
});

const WRONG: [string[], RegExp][] = [
  [["user", "create", "--name", "Ada"], /^--email is needed/], [["user", "create", "--name", "Ada", "--email", "ada"], /^--email: This is not an e-mail address/],
  [["user", "create", "--name", "Ada", "--email", "ada@example.test", "--role", "king"], /^--role: /], [["user", "create", "--password", "x"], /--password/],
  [["key", "create", "--agent", "x"], /^--name is needed/], [["key", "create", "--name", "x"], /--agent, --all-agents and --person/],
  [["key", "create", "--name", "x", "--all-agents", "--scope", "everything"], /^--scope: /], [["key", "create", "--name", "x", "--all-agents", "--person", "ada@example.test"], /one of/],
  [["key", "revoke"], /^Name the key/], [["import"], /^Name one file/], [["import", "a", "b"], /^Name one file/], [["import", "a", "--agnet", "b"], /--agnet/],
  [["fly"], /holdpoint user create/], [["user"], /holdpoint user create/], [["user", "delete"], /holdpoint user create/],
];

const NOWHERE = { DATABASE_URL: "postgresql://postgres@127.0.0.1:1/nowhere" };

test("a wrong call ends with 2 and a sentence, before any database is asked", async () => {
  const answers = await Promise.all(WRONG.map(async ([words, sentence]) => ({ words, sentence, said: await holdpoint(words, { environment: NOWHERE }) })));
  for (const { words, sentence, said } of answers) {
    expect(said, words.join(" ")).toMatchObject({ code: 2, out: "", error: expect.stringMatching(sentence) });
    expect(said.error).not.toMatch(/\n\s+at /);
  }
  expect(await holdpoint(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("holdpoint import FILE") });
  expect(await holdpoint(["key", "revoke", "key_x"], { environment: NOWHERE })).toEqual({ code: 1, out: "", error: "The database cannot be reached.\n" });
  expect(await holdpoint(["key", "revoke", "key_x"], { environment: { HOLDPOINT_SECRET: "short" } })).toMatchObject({ code: 1, error: expect.stringMatching(/^HOLDPOINT_SECRET: /) });
});

test("an import tells how far it is, goes on after kill -9 and stores nothing twice", async ({ ownAddress, folder, start, makeAgent }) => {
  await start({ DATABASE_URL: ownAddress, HOLDPOINT_ROLES: "agents" }); // beside a running server, as on a real installation
  const agent = await makeAgent({ isBare: true });
  const file = path.join(folder, "traces.jsonl");
  const [lines, spansPerLine] = [60, 500];
  fs.writeFileSync(file, Array.from({ length: lines }, () => JSON.stringify(exportedTrace({ service: agent.id, spans: spansPerLine }))).join("\n"));
  const steps = (out: string) => out.trim().split("\n").map((line) => JSON.parse(line) as { lines: number; spans: number; percent: number; rejected: number });
  const words = ["import", file, "--agent", agent.id, "--json"];

  const killed = startCommand(words);
  const ended = new Promise((resolve) => killed.once("close", resolve));
  let seen = "";
  killed.stdout?.on("data", (chunk: Buffer) => (seen += chunk.toString()));
  await until(() => seen.split("\n").length > 3, "the import is under way");
  killed.kill("SIGKILL");
  await ended;
  const stored = await prisma().span.count({ where: { agentId: agent.id } });
  expect(stored).toBeLessThan(lines * spansPerLine);

  const rest = await holdpoint(words);
  expect(rest).toMatchObject({ code: 0, error: "" });
  const told = steps(rest.out);
  expect(told[0]?.lines).toBeGreaterThan(2);
  expect(told.map((step) => step.percent)).toEqual(told.map((step) => step.percent).toSorted((a, b) => a - b));
  expect(told.at(-1)).toMatchObject({ lines, percent: 100, rejected: 0 });
  expect(await prisma().span.count({ where: { agentId: agent.id } })).toBe(lines * spansPerLine);
  const runs = await prisma().run.aggregate({ where: { agentId: agent.id }, _count: true, _sum: { spanCount: true } });
  expect(runs).toEqual({ _count: lines, _sum: { spanCount: lines * spansPerLine } });

  const again = await holdpoint(["import", file, "--agent", agent.id]);
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/60 lines.*100 %/) });
  expect(await prisma().span.count({ where: { agentId: agent.id } })).toBe(lines * spansPerLine);
  fs.appendFileSync(file, '\n{"resourceSpans":[{"sco');
  expect(await holdpoint(["import", file, "--agent", agent.id])).toMatchObject({ out: expect.stringMatching(/1 rejected/), error: expect.stringMatching(/^Line 61: /) });
  expect(await holdpoint(["import", "/nowhere/at/all", "--agent", agent.id])).toMatchObject({ code: 1, error: expect.stringMatching(/^There is no such file/) });
  expect(await holdpoint(["import", file, "--agent", "nobody"])).toMatchObject({ code: 1, error: "There is no agent nobody.\n" });
});
