// May the value of this argument stand in a sentence?

import { maskSecrets } from "./mask-secrets.ts";

/** Whole words of a name, beyond those that are masked everywhere: an argument of this name opens or pays something. */
const SECRET_WORDS: ReadonlySet<string> = new Set(["token", "secret", "password", "pin", "cvv", "cvc", "jwt", "otp", "cookie", "credential", "credentials", "authorization"]);

export function isSecretArgument(name: string, value: unknown): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => SECRET_WORDS.has(word)) || maskSecrets({ [name]: value }).count > 0;
}
