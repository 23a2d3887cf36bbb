// An agent whose version declares the tools of the test servers, with a key of its own, and the answers of people to its calls.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { prisma } from "../../lib/database/database.ts";
import type { Manifest } from "../../lib/domain/manifest.ts";
import { createApiKey, newKeySchema } from "../../lib/operations/api-keys.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { makeAgent, manifest, type MadeAgent } from "../../lib/testing/make-agent.ts";

export interface GatedAgent {
  id: string;
  keyId: string;
  secret: string;
}

export async function gatedAgent(stage: "bounded" | "assisted" = "bounded", tools: Manifest["tools"] = manifest().tools): Promise<GatedAgent & Pick<MadeAgent, "register">> {
  const agent = await makeAgent({ isApproved: false });
  const { change } = await agent.register(manifest({ tools }));
  if (!change) throw new Error("the first version needs a review");
  await agent.approve(change.id);
  await prisma().agent.update({ where: { id: agent.id }, data: { stage } });
  const { id: keyId, secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "gateway", agentIds: [agent.id] }));
  return { id: agent.id, keyId, secret, register: agent.register };
}

export const heldActions = (agentId: string) => prisma().action.findMany({ where: { agentId, state: "held" }, orderBy: { preparedAt: "asc" } });

/** For a program of its own: nothing of this process's but where programs are. */
export const environmentWith = (more: Record<string, string>): NodeJS.ProcessEnv => ({ NODE_ENV: "test", PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...more });

export class Journal {
  static readonly #folders: string[] = [];
  readonly file: string;

  constructor() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-mcp-"));
    Journal.#folders.push(folder);
    this.file = path.join(folder, "journal");
  }

  /** To be called after the last test of a file. */
  static removeAll(): void {
    for (const folder of Journal.#folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
  }

  lines(): Record<string, unknown>[] {
    if (!fs.existsSync(this.file)) return [];
    return fs.readFileSync(this.file, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** How often the tool was really called. */
  calls(tool: string): number {
    return this.lines().filter((line) => line.tool === tool).length;
  }
}
