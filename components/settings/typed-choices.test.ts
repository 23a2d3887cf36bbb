import { expect, test } from "vitest";
import { typedChoices } from "./typed-choices.ts";

const refused = (values: Record<string, string>) => typedChoices({ status: "failed", message: "No.", values }, "scopes[]", ["telemetry"]);

test("what was ticked stays ticked when the form comes back refused", () => {
  expect(refused({ "scopes[]": "versions\noutcomes" })).toEqual(["versions", "outcomes"]);
  expect(refused({ name: "ci" })).toEqual([]);
});

test("otherwise the form begins as it always does", () => {
  expect(typedChoices({ status: "idle" }, "scopes[]", ["telemetry"])).toEqual(["telemetry"]);
  expect(typedChoices({ status: "done" }, "scopes[]", ["telemetry"])).toEqual(["telemetry"]);
});
