// An enforcement point that says only what a spec lets it say: the wire without the client.

import { prisma } from "../lib/database/database.ts";
import type { TestAgent } from "./fixtures.ts";

export interface RawPoint {
  name: string;
  /** Reads what holds now and says that it applies it. */
  catchUp: () => Promise<void>;
  /** Says again what it applied last, and so is heard without obeying. */
  repeat: () => Promise<void>;
}

async function sent(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(`${process.env.E2E_URL ?? ""}${path}`, init);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Live from the start: it has confirmed and has a lease. */
export async function openRawPoint(agent: TestAgent, name: string): Promise<RawPoint> {
  const authorization = `Bearer ${await agent.key(["authority"])}`;
  let applied = "";
  const repeat = async (): Promise<void> => {
    const body = JSON.stringify({ agent: agent.id, point: name, kind: "sdk", bundle: applied, refusesProbe: true });
    await sent("/v1/points/confirm", { method: "POST", headers: { authorization, "content-type": "application/json" }, body });
  };
  const catchUp = async (): Promise<void> => {
    const query = new URLSearchParams({ agent: agent.id, point: name, kind: "sdk" });
    ({ bundle: applied } = (await sent(`/v1/bundle?${query.toString()}`, { headers: { authorization } })) as { bundle: string });
    await repeat();
  };
  await catchUp();
  await prisma().enforcementPoint.findFirstOrThrow({ where: { agentId: agent.id, name } });
  return { name, catchUp, repeat };
}
