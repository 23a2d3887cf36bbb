import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

const key = `hp_${"a".repeat(43)}`;

describe("maskSecrets", () => {
  it.each([
    ["by name", { password: "hunter2", user: "ana" }, { password: "••••••", user: "ana" }],
    ["by a name in camel case", { clientSecret: "x", apiKey: "y", maxTokens: 12 }, { clientSecret: "••••••", apiKey: "••••••", maxTokens: 12 }],
    ["by a header's name", { "X-Api-Key": "y", Authorization: "Basic abc" }, { "X-Api-Key": "••••••", Authorization: "••••••" }],
    ["by form, in a sentence", `use ${key} please`, "use hp_a•••••• please"],
    ["by form, deep inside", { a: [{ b: "ghp_0123456789012345678901234567890123456" }] }, { a: [{ b: "ghp_••••••" }] }],
    ["a web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4", "eyJh••••••"],
    ["a password in an address", "postgres://ana:hunter2@db/x", "post••••••db/x"],
    ["a private key that was cut off", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "----••••••"],
    ["an object under a secret name", { credentials: { user: "ana", pin: 1 } }, { credentials: "••••••" }],
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

  it("masks what is nested too deeply to look through", () => {
    let deep: unknown = key;
    for (let i = 0; i < 100; i++) deep = [deep];
    const masked = maskSecrets(deep);
    expect(JSON.stringify(masked.value)).not.toContain(key);
    expect(masked.count).toBe(1);
  });
});
