// `holdpoint webhook-secret …`

import { env } from "../lib/env.ts";
import { installationSecret } from "../lib/operations/installation-secret.ts";
import { revealWebhookSecret } from "../lib/operations/webhook-secret.ts";
import { accountHere } from "./account-here.ts";
import { options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";

export const showWebhookSecret: Command = (parameters) => {
  const { positionals } = options({ args: parameters, allowPositionals: true, options: {} });
  const [agentId] = positionals;
  if (!agentId || positionals.length > 1) throw new Misuse("Name the agent: holdpoint webhook-secret AGENT");
  return async () => {
    process.env.NEXTAUTH_SECRET = await installationSecret(env().secret);
    const { secret } = await revealWebhookSecret(accountHere(), { agentId });
    process.stdout.write(`${secret}\n`);
  };
};
