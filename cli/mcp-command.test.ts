import { afterEach, expect, test, vi } from "vitest";
import { Misuse } from "./command.ts";
import { mcp } from "./mcp-command.ts";

afterEach(() => vi.unstubAllEnvs());

function withEnvironment(environment: Record<string, string>): void {
  for (const name of ["HOLDPOINT_URL", "HOLDPOINT_KEY", "HOLDPOINT_AGENT", "HOLDPOINT_USER", "HOLDPOINT_SEGMENT"]) vi.stubEnv(name, environment[name] ?? "");
}
const whole = { HOLDPOINT_URL: "http://127.0.0.1:9", HOLDPOINT_KEY: "hp_secret", HOLDPOINT_AGENT: "refund-bot" };

test.each([
  ["HOLDPOINT_URL", { ...whole, HOLDPOINT_URL: "" }, ["--", "server"]],
  ["HOLDPOINT_URL", { ...whole, HOLDPOINT_URL: "no address" }, ["--", "server"]],
  ["HOLDPOINT_KEY", { ...whole, HOLDPOINT_KEY: "" }, ["--", "server"]],
  ["--agent", { ...whole, HOLDPOINT_AGENT: "" }, ["--", "server"]],
  ["SERVER COMMAND", whole, []],
  ["SERVER COMMAND", whole, ["--"]],
  ["SERVER COMMAND", whole, ["--listen", "4000"]],
  ["SERVER COMMAND", whole, ["--listen", "4000", "--upstream", "http://localhost/mcp", "--", "server"]],
  ["--listen", whole, ["--listen", "99999", "--upstream", "http://localhost/mcp"]],
  ["--upstream", whole, ["--listen", "0", "--upstream", "file:///etc/passwd"]],
  ["--user", whole, ["--user", "", "--", "server"]],
  ["--user", { ...whole, HOLDPOINT_USER: "x".repeat(301) }, ["--", "server"]],
  ["--segment", whole, ["--segment", "x".repeat(301), "--", "server"]],
  ["Unknown option", whole, ["--key", "x", "--", "server"]],
])("says what is missing: %s", async (word, environment, parameters) => {
  withEnvironment(environment);
  const refused = await mcp(parameters).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Misuse);
  expect(String(refused)).toContain(word);
  expect(String(refused)).not.toContain("hp_secret");
});
