import fc from "fast-check";
import { expect, test } from "vitest";
import { authorsOf, withAuthors, type Authors } from "./change-authors.ts";
import type { Actor } from "./roles.ts";

const mia: Actor = { kind: "person", id: "pe_mia", name: "Mia Sol", roles: [], owns: {} };
const ci: Actor = { kind: "key", id: "key_ci", name: "ci", agentIds: ["*"], scopes: ["versions"] };
const holdpoint: Actor = { kind: "system", id: "system:holdpoint", name: "Holdpoint" };
const tomas = { id: "pe_tomas", name: "Tomás Vega" };
const alone = { named: null, keyMakerId: null, earlierIds: [] };

test.each<[string, Authors, string[], string]>([
  ["a person", authorsOf(mia, alone), ["pe_mia"], "Mia Sol"],
  ["a person who names another", authorsOf(mia, { ...alone, named: tomas }), ["pe_tomas", "pe_mia"], "Tomás Vega, Mia Sol"],
  ["a person who names herself", authorsOf(mia, { ...alone, named: { id: "pe_mia", name: "Mia Sol" } }), ["pe_mia"], "Mia Sol"],
  ["a key of the command line", authorsOf(ci, alone), ["key_ci"], "ci"],
  ["a key that Mia made", authorsOf(ci, { ...alone, keyMakerId: "pe_mia" }), ["key_ci", "pe_mia"], "ci"],
  ["a key that Mia made and that names another", authorsOf(ci, { ...alone, named: tomas, keyMakerId: "pe_mia" }), ["pe_tomas", "key_ci", "pe_mia"], "Tomás Vega"],
  ["Holdpoint, of what Mia proposed before", authorsOf(holdpoint, { ...alone, earlierIds: ["pe_mia"] }), ["system:holdpoint", "pe_mia"], "Holdpoint"],
  ["Mia edits what Tomás proposed", withAuthors(authorsOf(ci, { ...alone, named: tomas }), authorsOf(mia, alone)), ["pe_tomas", "key_ci", "pe_mia"], "Tomás Vega, Mia Sol"],
])("%s", (_, { authorIds, authorName }, ids, name) => {
  expect([authorIds, authorName]).toEqual([ids, name]);
});

test("whoever is an author stays one, whatever is edited, and nobody is freed by a name", () => {
  const sender = fc.constantFrom(mia, ci, holdpoint);
  const about = fc.record({ named: fc.constantFrom(null, tomas), keyMakerId: fc.constantFrom(null, "pe_ada"), earlierIds: fc.subarray(["pe_a", "pe_b"]) });
  fc.assert(fc.property(fc.array(fc.tuple(sender, about), { minLength: 1 }), (sendings) => {
    const all = sendings.map(([actor, more]) => authorsOf(actor, more));
    const { authorIds } = all.reduce(withAuthors);
    for (const [actor, { named, keyMakerId, earlierIds }] of sendings) {
      for (const id of [actor.id, named?.id, keyMakerId, ...earlierIds]) if (id) expect(authorIds).toContain(id);
    }
    expect(new Set(authorIds).size).toBe(authorIds.length);
  }));
});
