// The public API as a benchmark calls it, with people and keys of its own.

import { createApiKey } from "../lib/operations/api-keys.ts";
import { createPerson, systemActor } from "../lib/operations/people.ts";

export interface Caller {
  get: <Result>(path: string) => Promise<Result>;
  send: <Result>(method: "POST" | "PUT", path: string, body: unknown) => Promise<Result>;
}

export function callerFor(url: string, secret: string): Caller {
  const call = async <Result>(method: string, path: string, body?: unknown): Promise<Result> => {
    const response = await fetch(url + path, {
      method, headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
    return (await response.json()) as Result;
  };
  return { get: (path) => call("GET", path), send: (method, path, body) => call(method, path, body) };
}

/** A person with a key that acts for them. */
export async function personWithKey(url: string, name: string, houseRoles: ("operator" | "administrator" | "viewer")[] = []): Promise<{ id: string; email: string; api: Caller }> {
  const email = `${name.toLowerCase().replace(/\W+/g, ".")}@example.test`;
  const id = await createPerson(systemActor, { name, email, houseRoles });
  const { secret } = await createApiKey(systemActor, { name, agentIds: [], scopes: [], personId: id });
  return { id, email, api: callerFor(url, secret) };
}

export async function agentKey(url: string, agentIds: string[]): Promise<{ secret: string; api: Caller }> {
  const { secret } = await createApiKey(systemActor, { name: "bench", agentIds, scopes: ["telemetry", "versions", "outcomes", "authority"], personId: null });
  return { secret, api: callerFor(url, secret) };
}
