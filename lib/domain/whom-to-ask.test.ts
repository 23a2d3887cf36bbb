import { expect, test } from "vitest";
import { may, type Answer } from "./permissions.ts";
import type { HouseRole, OwnerRole } from "./roles.ts";
import { nameWhomToAsk, refusedForWho, type Asker } from "./whom-to-ask.ts";

const person = (name: string, roles: HouseRole[] = [], owns: OwnerRole[] = []): Asker => ({ actor: { kind: "person", id: name.toLowerCase(), name, roles, owns: { refund: owns } }, email: `${name.toLowerCase()}@example.test` });

const vera = person("Vera", ["viewer"]);
const ingrid = person("Ingrid", [], ["business_owner"]);
const priya = person("Priya", [], ["technical_owner"]);
const clara = person("Clara", ["administrator"]);

const decide = ({ actor }: Asker): { set: Answer; edit: Answer } => ({ set: may(actor, "override:set", "refund"), edit: may(actor, "card:edit", "refund") });
const named = (candidates: readonly Asker[], by: (asker: Asker) => { set: Answer; edit: Answer } = decide) => nameWhomToAsk(by(vera), by, candidates, "refund");
const reason = (answer: Answer): string => (answer.ok ? "" : answer.reason);

test("each refusal names those who would be allowed, and keeps why", () => {
  const { set, edit } = named([priya, ingrid, clara]);
  expect(reason(set)).toBe("Only the agent's business owner may set overrides. Ask Ingrid.");
  expect(reason(edit)).toBe("Only the agent's business owner or technical owner may edit the card. Ask Priya or Ingrid.");
});

test("what is allowed stays as it is", () => {
  expect(nameWhomToAsk(decide(priya), decide, [ingrid], "refund").edit).toEqual({ ok: true });
});

test("the first two are named, however many there are", () => {
  const { edit } = named([ingrid, priya, person("Mia", [], ["technical_owner"])]);
  expect(reason(edit)).toMatch(/Ask Ingrid or Priya\.$/);
});

test("where nobody would be allowed, whoever can name somebody is asked", () => {
  expect(reason(named([priya, clara]).set)).toMatch(/There is nobody else at present: ask Clara to name somebody\.$/);
  expect(reason(named([vera]).set)).toMatch(/There is nobody else at present\.$/);
});

test("nobody is named where no other person would get another answer", () => {
  const closed = (): { set: Answer; edit: Answer } => ({ set: { ok: false, reason: "It is decided already." }, edit: { ok: true } });
  expect(refusedForWho(closed(), closed, "refund")).toEqual([]);
  expect(named([ingrid], closed).set).toEqual({ ok: false, reason: "It is decided already." });
});

test("somebody who is refused for the case itself is not asked", () => {
  const unlessAuthor = (asker: Asker) => (asker.actor.id === "ingrid" || asker.actor.id === "vera" ? { set: { ok: false, reason: "You proposed it." } as const, edit: { ok: true } as const } : decide(asker));
  expect(reason(nameWhomToAsk(unlessAuthor(vera), unlessAuthor, [ingrid, person("Olga", [], ["business_owner"])], "refund").set)).toBe("You proposed it. Ask Olga.");
});

test("two of one name are told apart, and a long name is cut", () => {
  const other = { ...person("Ingrid", [], ["business_owner"]), email: "holm@example.test" };
  expect(reason(named([ingrid, other]).set)).toMatch(/Ask Ingrid, ingrid@example\.test or Ingrid, holm@example\.test\.$/);
  expect(reason(named([person("x".repeat(300), [], ["business_owner"])]).set).length).toBeLessThan(140);
});

test("for a matter of the house an owner of any agent counts", () => {
  const house = ({ actor }: Asker) => ({ approve: may(actor, "review_policy:approve") });
  expect(reason(nameWhomToAsk(house(vera), house, [clara, priya], null).approve)).toMatch(/Ask Priya\.$/);
});
