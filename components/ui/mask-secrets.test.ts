import { describe, expect, it } from "vitest";
import { looksSecret, MASK, maskSecrets } from "./mask-secrets.ts";

describe("looksSecret", () => {
  it.each(["authorization", "Authorization", "api_key", "apiKey", "x-api-key", "password", "userPassword", "access_token", "accessToken", "client_secret", "Set-Cookie", "private_key_pem", "sessionId", "jwt"])("%s does", (key) => {
    expect(looksSecret(key)).toBe(true);
  });
  it.each(["amount", "input_tokens", "max_tokens", "author", "pinned", "keyboard", "order_key", "monkey", "spinner"])("%s does not", (key) => {
    expect(looksSecret(key)).toBe(false);
  });
});

describe("maskSecrets", () => {
  it("masks at any depth, whole values, and leaves the rest as it was", () => {
    const value = { order: "5498", auth: [{ token: "t", scopes: ["a"] }], credentials: { user: "u", pass: "p" }, input_tokens: 12 };
    expect(maskSecrets(value)).toEqual({ order: "5498", auth: [{ token: MASK, scopes: ["a"] }], credentials: MASK, input_tokens: 12 });
    expect(value.credentials.pass).toBe("p");
  });
  it("leaves null, for it tells that nothing was there", () => {
    expect(maskSecrets({ token: null, password: "" })).toEqual({ token: null, password: MASK });
  });
  it("keeps a key called __proto__ as a key", () => {
    const value: unknown = JSON.parse('{"__proto__":{"password":"x"}}');
    expect(JSON.stringify(maskSecrets(value))).toBe(`{"__proto__":{"password":"${MASK}"}}`);
  });
});
