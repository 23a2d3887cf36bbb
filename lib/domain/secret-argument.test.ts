import { expect, test } from "vitest";
import { isSecretArgument } from "./secret-argument.ts";

test.each([["pin", "1234"], ["cardCvv", "123"], ["refresh-token", "a1"], ["api_key", "k1"], ["note", "Bearer abcdefghijklmnopqrstu"], ["__proto__", "sk-live-0123456789abcdef0123"]])("%s is secret", (name, value) =>
  expect(isSecretArgument(name, value)).toBe(true));

test.each([["order", "5512"], ["maxTokens", 5], ["pinned", true], ["keyboard", "us1"], ["__proto__", "a1"]])("%s is not", (name, value) => expect(isSecretArgument(name, value)).toBe(false));
