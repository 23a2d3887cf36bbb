// May the value of this argument stand in a sentence, and which values may stand on the page where the call is decided?

import { isSecretName, maskSecrets, type Masked } from "./mask-secrets.ts";

/** Whole words of a name, beyond those that are masked everywhere: an argument of this name opens or pays something. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  "token", "secret", "password", "passwd", "passphrase", "bearer", "apikey", "pin", "cvv", "cvc", "jwt", "otp", "cookie", "credential", "credentials", "authorization",
]);
const SECRET_PAIR = /(?:api|private|access|signing)[_-]?key|client[_-]?secret|set[_-]?cookie|session[_-]?id/i;

/** "token" is in access_token and accessToken, not in input_tokens, which is a count. */
function opensSomething(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
  return isSecretName(name) || SECRET_PAIR.test(name) || words.some((word) => SECRET_WORDS.has(word));
}

export const isSecretArgument = (name: string, value: unknown): boolean => opensSomething(name) || maskSecrets({ [name]: value }, opensSomething).count > 0;

/** A copy for the screen. Whoever decides has to be told of the count: they approve what they cannot read. */
export const maskArguments = (value: unknown): Masked => maskSecrets(value, opensSomething);
