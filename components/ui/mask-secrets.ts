export const MASK = "••••••••";

/** Whole words of a key: "token" masks access_token and accessToken, not input_tokens, which is a count. */
const SECRET_WORDS = new Set(["authorization", "password", "passwd", "passphrase", "secret", "token", "apikey", "cookie", "credential", "credentials", "bearer", "jwt", "pin", "cvv", "cvc"]);
const SECRET_PAIRS = [/api[_-]?key/i, /private[_-]?key/i, /access[_-]?key/i, /signing[_-]?key/i, /client[_-]?secret/i, /set[_-]?cookie/i, /session[_-]?id/i];

export function looksSecret(key: string): boolean {
  if (SECRET_PAIRS.some((pattern) => pattern.test(key))) return true;
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => SECRET_WORDS.has(word));
}

/** A copy for the screen. Values under keys that look secret are hidden whole, whatever their kind; null stays, for it tells that nothing was there. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, looksSecret(key) && child !== null ? MASK : maskSecrets(child)]),
  );
}
