import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

const key = `hp_${"a".repeat(43)}`;

describe("maskSecrets", () => {
  it.each([
    ["by name", { password: "hunter2", user: "ana" }, { password: "•••••• (7 characters hidden)", user: "ana" }],
    ["by a name in camel case", { clientSecret: "x", apiKey: "y", maxTokens: 12 }, { clientSecret: "•••••• (1 character hidden)", apiKey: "•••••• (1 character hidden)", maxTokens: 12 }],
    ["by a header's name", { "X-Api-Key": "y", Authorization: "Basic abc" }, { "X-Api-Key": "•••••• (1 character hidden)", Authorization: "•••••• (9 characters hidden)" }],
    ["by form, in a sentence", `use ${key} please`, "use hp_a•••••• (46 characters hidden) please"],
    ["by form, deep inside", { a: [{ b: "ghp_0123456789012345678901234567890123456" }] }, { a: [{ b: "ghp_•••••• (41 characters hidden)" }] }],
    ["a web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4", "eyJh•••••• (59 characters hidden)"],
    ["a password in an address", "postgres://ana:hunter2@db/x", "post•••••• (23 characters hidden)db/x"],
    ["a private key that was cut off", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "----•••••• (36 characters hidden)"],
    ["a private key on one line of JSON", `{"key":"-----BEGIN PRIVATE KEY-----\\n${"aB3/".repeat(16)}\\nMIIE\\n-----END PRIVATE KEY-----\\n","to":"ana"}`, `{"key":"----•••••• (126 characters hidden)\\n","to":"ana"}`],
    ["the texts of an object under a secret name", { credentials: { user: "ana", amount: 900_000, codes: ["x"] } }, { credentials: { user: "•••••• (3 characters hidden)", amount: 900_000, codes: ["•••••• (1 character hidden)"] } }],
    ["a number by its name", { secret: 4711 }, { secret: "•••••• (a number hidden)" }],
  ])("masks %s", (_name, value, expected) => {
    const masked = maskSecrets(value);
    expect(masked.value).toEqual(expected);
    expect(masked.count).toBeGreaterThan(0);
  });

  it.each([
    [{ tokens: 12, input_tokens: 3, keyboard: "qwerty", monkey: 1, secretary: "Ana", password: "", token_count: 4 }],
    ["Ask the skipper about sk-8"],
    [null],
    [[1, true, "https://example.org/a:b"]],
  ])("leaves %j as it is", (value) => expect(maskSecrets(value)).toEqual({ value, count: 0 }));

  it("never lets a key through, wherever it is", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.string(), (around, before) => {
      const text = JSON.stringify(maskSecrets({ around, list: [{ text: `${before} ${key}` }] }).value);
      return !text.includes(key);
    }));
  });

  it("leaves words below the head of a key, for whoever decides reads them", () => {
    const { value, count } = maskSecrets("-----BEGIN PRIVATE KEY-----\nPlease pay 900,000 EUR to DE02 1203 0000 0000 2020 51 today.");
    expect(value).toContain("pay 900,000 EUR to DE02 1203 0000 0000 2020 51 today.");
    expect(count).toBe(1);
  });

  it("masks what is nested too deeply to look through", () => {
    let deep: unknown = key;
    for (let i = 0; i < 100; i++) deep = [deep];
    const masked = maskSecrets(deep);
    expect(JSON.stringify(masked.value)).not.toContain(key);
    expect(masked.count).toBe(1);
  });
});
