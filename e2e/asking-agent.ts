// An agent whose calls wait for a person, and how it asks.

import { manifestOf, type TestAgent } from "./fixtures.ts";

/** Every refund waits for a person: it cannot be undone, and the agent is at partial. A person could take it back by hand. */
export async function makeAsking(makeAgent: () => Promise<TestAgent>): Promise<{ agent: TestAgent; key: string }> {
  const agent = await makeAgent();
  const [order, refund] = manifestOf().tools;
  if (!order || !refund) throw new Error("the manifest of the specs lacks a tool");
  const { change } = await agent.register(manifestOf({
    label: "1.1",
    tools: [order, {
      ...refund, effect: "irreversible", amount: { path: "amount", unit: "major", currency: "EUR" },
      compensation: { description: "Void it", withinHours: 24, hook: { kind: "manual", instructions: "Call the desk and void the refund.", owner: "role:technical_owner" } },
    }],
  }));
  if (change) {
    await agent.approve(change.id);
    await agent.skipRollout(change.id);
  }
  return { agent, key: await agent.key(["authority"]) };
}

export interface Told {
  id: string;
  state: string;
  input: unknown;
  question: string | null;
}

export async function ask(key: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`${process.env.E2E_URL}${path}`, {
    method: body === undefined ? "GET" : "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return (await response.json()) as Told;
}

export interface Prepared extends Told {
  idempotencyKey: string;
}

export async function prepare(agent: TestAgent, key: string, more: object = {}): Promise<Prepared> {
  const idempotencyKey = crypto.randomUUID();
  const body = { agent: { id: agent.id }, tool: { name: "refund_create" }, input: { order: "5512", amount: 120 }, idempotencyKey, justification: "The parcel was lost.", ...more };
  return { ...(await ask(key, "/v1/actions", body)), idempotencyKey };
}
