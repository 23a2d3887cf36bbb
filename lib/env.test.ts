import { describe, expect, test } from "vitest";
import { readEnvironment, WrongEnvironment } from "./env.ts";

describe("the environment", () => {
  test("needs nothing, and takes an empty variable for one that is not set", () => {
    const nothing = readEnvironment({});
    expect(nothing).toMatchObject({ port: 3000, roles: ["console", "agents", "jobs"], databaseUrl: undefined, secret: undefined, oidc: null, keptDays: { decisions: 400, messages: 400, points: 40 }, publicUrl: "http://127.0.0.1:3000" });
    expect(readEnvironment({ PORT: "", DATABASE_URL: " ", HOLDPOINT_SECRET: "", HOLDPOINT_ROLES: "", OIDC_ISSUER: "" })).toEqual(nothing);
  });

  test("splits roles, and leaves the slash off the public address", () => {
    expect(readEnvironment({ HOLDPOINT_ROLES: "agents, jobs", HOLDPOINT_URL: "https://holdpoint.example.com/" })).toMatchObject({
      roles: ["agents", "jobs"], publicUrl: "https://holdpoint.example.com",
    });
  });

  test.each([
    ["PORT", "http"], ["PORT", "70000"], ["HOLDPOINT_SECRET", "too short"], ["HOLDPOINT_ROLES", "agents,cooks"], ["HOLDPOINT_LOG_LEVEL", "loud"], ["HOLDPOINT_MAX_BODY_BYTES", "-1"], ["HOLDPOINT_KEEP_DECISIONS_DAYS", "29"],
  ])("%s that is wrong is named, its value is not", (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(WrongEnvironment);
    expect(() => readEnvironment({ [name]: value })).toThrow(new RegExp(`^${name}`));
    expect(() => readEnvironment({ [name]: value })).not.toThrow(value);
  });
});
