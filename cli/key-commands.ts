// `holdpoint key …`

import { NotFound } from "../lib/errors.ts";
import { createApiKey, newKeySchema, revokeApiKey } from "../lib/operations/api-keys.ts";
import { systemActor } from "../lib/operations/people.ts";
import { findPersonByEmail } from "../lib/queries/people.ts";
import { checked, options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";

const list = (value: string | undefined): string[] => value?.split(",").map((item) => item.trim()).filter(Boolean) ?? [];

export const createKey: Command = (parameters) => {
  const { values } = options({
    args: parameters,
    options: {
      name: { type: "string" }, agent: { type: "string" }, "all-agents": { type: "boolean" }, person: { type: "string" }, scope: { type: "string" }, json: { type: "boolean" },
    },
  });
  const agentIds = values["all-agents"] ? ["*"] : list(values.agent);
  const input = checked(newKeySchema, { name: values.name, agentIds, ...(values.scope ? { scopes: list(values.scope) } : {}) }, { agentIds: "agent", scopes: "scope" });
  const { person: email } = values;
  if (agentIds.length > 0 === (email !== undefined)) throw new Misuse("Say whose key it is with one of --agent, --all-agents and --person.");
  return async () => {
    const person = email === undefined ? null : await findPersonByEmail(email);
    if (email !== undefined && !person) throw new NotFound("Nobody has this e-mail address.");
    const { id, secret } = await createApiKey(systemActor, { ...input, personId: person?.id ?? null });
    process.stdout.write(values.json ? `${JSON.stringify({ id, secret })}\n` : `Key ${id}. Its secret, shown once:\n${secret}\n`);
  };
};

export const revokeKey: Command = (parameters) => {
  const { positionals } = options({ args: parameters, allowPositionals: true, options: {} });
  const [keyId] = positionals;
  if (!keyId || positionals.length > 1) throw new Misuse("Name the key: holdpoint key revoke key_…");
  return async () => {
    await revokeApiKey(systemActor, { keyId });
    process.stdout.write(`Key ${keyId} is revoked.\n`);
  };
};
