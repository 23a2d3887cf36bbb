// Accounts and keys are made with the `holdpoint` command, as an administrator's script would.

import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** The command's JSON answer. Throws with what it wrote to stderr. */
async function holdpoint(dataDir: string, parameters: readonly string[], input = ""): Promise<Record<string, string>> {
  const child = spawn(process.execPath, ["cli/holdpoint.ts", ...parameters, "--json"], {
    cwd: ROOT, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, HOLDPOINT_DATA_DIR: dataDir, HOLDPOINT_LOG_LEVEL: "error" },
  });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    child.stdout.setEncoding("utf8").reduce((all: string, part: string) => all + part, ""),
    child.stderr.setEncoding("utf8").reduce((all: string, part: string) => all + part, ""),
    new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve)),
  ]);
  if (code !== 0) throw new Error(`holdpoint ${parameters.slice(0, 2).join(" ")} failed: ${err.trim() || "no reason given"}`);
  return JSON.parse(out) as Record<string, string>;
}

function named(answer: Record<string, string>, field: string): string {
  const value = answer[field];
  if (!value) throw new Error(`holdpoint answered without ${field}.`);
  return value;
}

export class HoldpointCommand {
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async createUser({ name, email, roles }: { name: string; email: string; roles: readonly string[] }, password: string): Promise<string> {
    return named(await holdpoint(this.#dataDir, ["user", "create", "--name", name, "--email", email, "--role", roles.join(","), "--password-stdin"], `${password}\n`), "id");
  }

  async handOverOnCall(email: string): Promise<void> {
    await holdpoint(this.#dataDir, ["on-call", "--email", email]);
  }

  async createPersonalKey(email: string): Promise<string> {
    return named(await holdpoint(this.#dataDir, ["key", "create", "--name", "Demo set-up", "--person", email]), "secret");
  }

  async createAgentKey(agentId: string): Promise<string> {
    return named(await holdpoint(this.#dataDir, ["key", "create", "--name", `${agentId} in production`, "--agent", agentId, "--scope", "telemetry,outcomes,authority"]), "secret");
  }

  async createPipelineKey(): Promise<string> {
    return named(await holdpoint(this.#dataDir, ["key", "create", "--name", "CI", "--all-agents", "--scope", "versions"]), "secret");
  }
}

/** Two at a time: each is a process of its own. */
export async function twoAtATime<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item);
  };
  await Promise.all([worker(), worker()]);
}
