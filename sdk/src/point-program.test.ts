import { type ChildProcess, execFile, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test, vi } from "vitest";
import { useDatabase } from "../../lib/testing/use-database.ts";
import { anAgent, confirmed, usePointServer } from "../../lib/testing/point-server.ts";

useDatabase();

const { url: direct, stopAgent } = usePointServer();

/** In a process of its own: the server that the programs talk to is in this one, and would answer none of them meanwhile. */
const output = promisify(execFile);
const BUILD = new URL("../build.ts", import.meta.url).href;

/** A test that fails leaves its program waiting, and the worker does not end before what has its output. */
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

async function machinesNode(): Promise<string | undefined> {
  for (const file of ["/usr/bin/node", "/usr/local/bin/node"].filter((one) => fs.existsSync(one))) {
    if (Number((await output(file, ["-p", "parseInt(process.versions.node)"])).stdout) >= 20) return file;
  }
  return undefined;
}

describe.concurrent("a program", { timeout: 90_000 }, () => {
  const ownProgram = fileURLToPath(new URL("testing/point-process.ts", import.meta.url));

  function run(agent: { id: string; secret: string }, environment: Record<string, string> = {}, node = process.execPath, program = ownProgram) {
    const child = spawn(node, [program], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, URL_OF_HOLDPOINT: direct(), API_KEY: agent.secret, AGENT: agent.id, ...environment } });
    started.push(child);
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (said += part));
    return { said: (word: string) => vi.waitFor(() => expect(said).toContain(word), { timeout: 20_000 }), ended: new Promise((resolve) => child.once("exit", resolve)) };
  }

  test("that has nothing more to do ends, though its point is connected", async () => {
    const child = run(await anAgent());
    await child.said("open");
    expect(await child.ended).toBe(0);
  });

  test.each([3_600_000, -3_600_000])("whose clock is wrong by %i ms opens, and stops with the others", async (shiftMs) => {
    const agent = await anAgent();
    const child = run(agent, { CLOCK_SHIFT_MS: String(shiftMs), LAST: "stop" });
    await child.said("open");
    const { stopId } = await stopAgent(agent.id);
    await child.said("deny kill_switch");
    expect(await child.ended).toBe(0);
    await confirmed(stopId);
  });

  test("whose listener throws hears of it, and the point goes on", async () => {
    const agent = await anAgent();
    const child = run(agent, { THROWS: "its own fault", LAST: "stop" });
    await child.said("open");
    const { stopId } = await stopAgent(agent.id);
    await child.said("deny kill_switch");
    await child.said("its own fault");
    await confirmed(stopId);
  });

  test("that runs no TypeScript uses the built file, also under the Node of the machine, with types that need nothing else", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-sdk-"));
    try {
      await output(process.execPath, ["-e", `import(${JSON.stringify(BUILD)}).then(({ buildSdk }) => buildSdk(${JSON.stringify(folder)}))`]);
      expect(fs.readFileSync(path.join(folder, "holdpoint-sdk.js"), "utf8").match(/\bfrom\s*"(?!node:)[^"]+"/g)).toBeNull();
      fs.writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
      const program = path.join(folder, "program.js");
      fs.writeFileSync(program, `import { EnforcementPoint } from "./holdpoint-sdk.js";
        const point = new EnforcementPoint({ url: process.env.URL_OF_HOLDPOINT, apiKey: process.env.API_KEY, agentId: process.env.AGENT, name: "built" });
        const awake = setInterval(() => {}, 60_000);
        point.onStop(() => { console.log(point.decide("refund_create").reason); clearInterval(awake); });
        await point.start();
        console.log(point.state.state, point.decide("refund_create").decision);`);
      const agent = await anAgent();
      const child = run(agent, {}, await machinesNode(), program);
      await child.said("open permit");
      const { stopId } = await stopAgent(agent.id);
      await child.said("kill_switch");
      expect(await child.ended).toBe(0);
      await confirmed(stopId);
      fs.writeFileSync(path.join(folder, "consumer.ts"), `import { EnforcementPoint, GateHeld, type GateAnswer } from "./holdpoint-sdk.js";
        const point = new EnforcementPoint({ url: "", apiKey: () => "", agentId: "", name: "" });
        const answer: GateAnswer = point.decide("tool");
        if (answer.reason === "kill_switch" && point.state.state === "open") throw new GateHeld(answer);
        // @ts-expect-error: there is no such reason
        if (answer.reason === "because") point.close();`);
      fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { noEmit: true, strict: true, target: "es2022", module: "nodenext", types: [] }, files: ["consumer.ts"] }));
      const tsc = path.join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
      expect((await output(process.execPath, [tsc, "-p", folder])).stdout).toBe("");
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
