import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import { KEYS_AT_ONCE, listApiKeys } from "./api-keys.ts";
import { listPeople, PEOPLE_AT_ONCE } from "./people.ts";

useDatabase();

const createdAt = new Date("2026-11-21T12:00:00Z");
const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(3, "0"));

/** Each id of each page, until there is no next one. */
async function allIds(page: (after: string | null) => Promise<{ rows: { id: string }[]; next: string | null }>): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const { rows, next } = await page(after);
    pages.push(rows.map(({ id }) => id));
    after = next;
  }
  return pages;
}

describe("people", () => {
  // All of one name: what tells them apart is the id.
  const ids = numbered(PEOPLE_AT_ONCE * 2).map((number) => `pe_${number}`);
  beforeAll(async () => {
    await prisma().person.createMany({ data: ids.map((id) => ({ id, name: "Ana Ruiz", email: `${id}@example.test`, houseRoles: [], createdAt })) });
    await prisma().person.create({ data: { id: "pe_last", name: "Zoë Last", email: "zoe@elsewhere.test", houseRoles: [], createdAt, disabledAt: createdAt } });
  });

  test("are paged by name without a gap or a repeat, the last page with no next", async () => {
    const pages = await allIds((after) => listPeople(null, after));
    expect(pages.map(({ length }) => length)).toEqual([PEOPLE_AT_ONCE, PEOPLE_AT_ONCE, 1]);
    expect(pages.flat()).toEqual([...ids, "pe_last"]);
  });

  test.each([["part of a name", "zoë"], ["part of an address", "ELSEWHERE"], ["the whole id", "pe_last"]])("are found by %s", async (_, text) => {
    const { rows, next, canSignIn } = await listPeople(text, null);
    expect([rows.map(({ id }) => id), next, canSignIn]).toEqual([["pe_last"], null, ids.length]);
  });

  test.each(["%", "\\"])("%s is looked for as it is", async (text) => expect((await listPeople(text, null)).rows).toEqual([]));

  test("an address of a page that never was shows nobody", async () => expect((await listPeople(null, "pe_none")).rows).toEqual([]));
});

describe("keys", () => {
  const ids = numbered(KEYS_AT_ONCE + 1).map((number) => `key_${number}`);
  const key = (id: string, more: { name?: string; agentIds?: string[]; revokedAt?: Date } = {}) => ({ id, name: "collector", secretHash: id, hint: "hp_", agentIds: ["*"], scopes: [], createdBy: "Ada", createdAt, ...more });
  const found = async (isRevoked: boolean, text: string | null) => (await listApiKeys({ isRevoked, text }, null)).rows.map(({ id }) => id);
  beforeAll(async () => {
    await prisma().apiKey.createMany({ data: [...ids.map((id) => key(id)), key("key_of_bot", { name: "pipeline", agentIds: ["refund-bot"] }), key("key_gone", { name: "old pipeline", revokedAt: createdAt })] });
  });

  test("are paged without a gap or a repeat; those that are revoked are their own list, and both are counted", async () => {
    const pages = await allIds((after) => listApiKeys({ isRevoked: false, text: null }, after));
    expect(pages.map(({ length }) => length)).toEqual([KEYS_AT_ONCE, 2]);
    expect(pages.flat().toSorted()).toEqual([...ids, "key_of_bot"].toSorted());
    expect(await listApiKeys({ isRevoked: true, text: null }, null)).toMatchObject({ rows: [{ id: "key_gone" }], next: null, inUse: ids.length + 1, revoked: 1 });
  });

  test("are found by a part of the name and by an agent, within their list; by the whole id in either", async () => {
    expect([await found(false, "Pipe"), await found(true, "Pipe"), await found(false, "refund-bot"), await found(false, "key_gone")]).toEqual([["key_of_bot"], ["key_gone"], ["key_of_bot"], ["key_gone"]]);
  });

  test.each(["%", "_"])("%s is looked for as it is", async (text) => expect(await found(false, text)).toEqual([]));
});
