// `holdpoint on-call …`

import { NotFound } from "../lib/errors.ts";
import { handOverOnCall } from "../lib/operations/on-call.ts";
import { findLastOnCallId } from "../lib/queries/on-call.ts";
import { findPersonByEmail } from "../lib/queries/people.ts";
import { accountHere } from "./account-here.ts";
import { options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";

export const onCall: Command = (parameters) => {
  const { values } = options({ args: parameters, options: { email: { type: "string" }, nobody: { type: "boolean" }, json: { type: "boolean" } } });
  const { email } = values;
  if ((typeof email === "string") === (values.nobody === true)) throw new Misuse("Say one of --email and --nobody.");
  return async () => {
    const person = typeof email === "string" ? await findPersonByEmail(email) : null;
    if (typeof email === "string" && person === null) throw new NotFound(`Nobody here has the address ${email}.`);
    await handOverOnCall(accountHere(), { personId: person?.id ?? null, fromId: await findLastOnCallId() });
    process.stdout.write(values.json ? `${JSON.stringify({ personId: person?.id ?? null })}\n` : `${person?.name ?? "Nobody"} is on call.\n`);
  };
};
