import { describe, expect, it } from "vitest";
import { presenceSentence } from "./presence-sentence.ts";
import { othersAt, watcherOf } from "./presence.ts";
import type { PersonActor } from "./roles.ts";

const ana: PersonActor = { kind: "person", id: "pe_1", name: "Ana", roles: ["viewer"], owns: {} };

describe("watcherOf", () => {
  it.each(["ch_0abc", "ac_0abc", "st_0abc"])("knows the page of %s", (topic) => expect(watcherOf(ana, topic)).toEqual({ topic, personId: "pe_1", name: "Ana" }));
  it.each([null, "", "ch_", "ru_0abc", "ch_0abc ", "__proto__", "CH_0abc", `ch_${"0".repeat(33)}`])("%s is no such page", (topic) => expect(watcherOf(ana, topic)).toBeNull());
  it.each(["ch_0abc", "ac_0abc", "st_0abc"])("who may not see %s is not shown there, and is shown nobody", (topic) => expect(watcherOf({ ...ana, roles: [] }, topic)).toBeNull());
});

it("shows the others at the same page, each once and by name, and never oneself", () => {
  const at = (topic: string, personId: string, name: string) => ({ topic, personId, name });
  const watchers = [at("ch_1", "pe_2", "Ben"), at("ch_1", "pe_1", "Ana"), at("ch_1", "pe_2", "Ben"), at("ch_2", "pe_3", "Cem"), at("ch_1", "pe_4", "Ana")];
  expect(othersAt(watchers, { topic: "ch_1", personId: "pe_1" })).toEqual(["Ana", "Ben"]);
  expect(othersAt(watchers, { topic: "ch_2", personId: "pe_3" })).toEqual([]);
});

it("says it in a sentence", () => {
  expect([[], ["Ana"], ["Ana", "Ben"], ["Ana", "Ben", "Cem", "Dia", "Eve"]].map(presenceSentence))
    .toEqual([null, "Ana is reviewing", "Ana and Ben are reviewing", "Ana, Ben, Cem and 2 more are reviewing"]);
});
