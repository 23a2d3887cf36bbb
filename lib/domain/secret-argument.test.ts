import { expect, test } from "vitest";
import { isSecretArgument, maskArguments } from "./secret-argument.ts";

test.each([["pin", "1234"], ["cardCvv", "123"], ["refresh-token", "a1"], ["api_key", "k1"], ["Set-Cookie", "a=b"], ["private_key_pem", "k"], ["sessionId", "s1"], ["jwt", "a"], ["note", "Bearer abcdefghijklmnopqrstu"], ["__proto__", "sk-live-0123456789abcdef0123"]])("%s is secret", (name, value) =>
  expect(isSecretArgument(name, value)).toBe(true));

test.each([["order", "5512"], ["maxTokens", 5], ["input_tokens", 5], ["order_key", "k"], ["author", "ana"], ["spinner", 1], ["pinned", true], ["keyboard", "us1"], ["__proto__", "a1"]])("%s is not", (name, value) => expect(isSecretArgument(name, value)).toBe(false));

test("what is hidden on the page where a call is decided is told: how much, where and how long", () => {
  const value = { order: "5498", card_pin: "4711", auth: [{ token: "t", scopes: ["a"] }], pin: 7, note: null, password: "" };
  expect(maskArguments(value)).toEqual({
    value: { order: "5498", card_pin: "•••••• (4 characters hidden)", auth: [{ token: "•••••• (1 character hidden)", scopes: ["a"] }], pin: "•••••• (a number hidden)", note: null, password: "" },
    count: 3,
  });
  expect(value.auth[0]?.token).toBe("t");
});

test("what an agent puts under a secret name is no place to hide an amount", () => {
  expect(maskArguments({ credentials: { amount: 900_000, iban: "DE02" } })).toEqual({ value: { credentials: { amount: 900_000, iban: "•••••• (4 characters hidden)" } }, count: 1 });
});

test("a member called __proto__ stays one", () => {
  expect(JSON.stringify(maskArguments(JSON.parse('{"__proto__":{"password":"x"}}')).value)).toBe('{"__proto__":{"password":"•••••• (1 character hidden)"}}');
});
