// `holdpoint key …`

import { createApiKey, newKeySchema, revokeApiKey } from "../lib/operations/api-keys.ts";
import { systemActor } from "../lib/operations/people.ts";
import { findPersonByEmail } from "../lib/queries/people.ts";
import { checked, options } from "./checked.ts";
import { Misuse } from "./misuse.ts";

const list = (value: string | undefined): string[] => value?.split(",").map((item) => item.trim()).filter(Boolean) ?? [];

export async function createKey(parameters: string[]): Promise<void> {
  const { values } = options({
    args: parameters,
    options: {
      name: { type: "string" }, agent: { type: "string" }, "all-agents": { type: "boolean" }, person: { type: "string" }, scope: { type: "string" }, json: { type: "boolean" },
    },
  });
  const person = values.person ? await findPersonByEmail(values.person) : null;
  if (values.person && !person) throw new Misuse("Nobody has this e-mail address.");
  const input = checked(newKeySchema, {
    name: values.name, agentIds: values["all-agents"] ? ["*"] : list(values.agent), personId: person?.id ?? null,
    ...(values.scope ? { scopes: list(values.scope) } : {}),
  });
  const { id, secret } = await createApiKey(systemActor, input);
  process.stdout.write(values.json ? `${JSON.stringify({ id, secret })}\n` : `Key ${id}. Its secret, shown once:\n${secret}\n`);
}

export async function revokeKey(parameters: string[]): Promise<void> {
  const { positionals } = options({ args: parameters, allowPositionals: true, options: {} });
  const [keyId] = positionals;
  if (!keyId) throw new Misuse("Name the key: holdpoint key revoke key_…");
  await revokeApiKey(systemActor, { keyId });
  process.stdout.write(`Key ${keyId} is revoked.\n`);
}
