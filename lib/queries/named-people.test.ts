import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findNamed, labelsOf, suggestPeople } from "./named-people.ts";

useDatabase();

const createdAt = new Date("2026-11-21T12:00:00Z");
const person = (id: string, name: string, more: { disabledAt?: Date } = {}) => ({ id, name, email: `${id}@example.test`, houseRoles: [], createdAt, ...more });

beforeAll(async () => {
  await prisma().person.createMany({ data: [
    person("pe_ana", "Ana Ruiz"), person("pe_ana2", " ana ruiz"), person("pe_zoe", "Zoë Last, MD"), person("pe_gone", "Gone Away", { disabledAt: createdAt }), ...Array.from({ length: 30 }, (_, index) => person(`pe_many${index}`, `Many ${String(index).padStart(2, "0")}`)),
  ] });
});

describe("suggestions", () => {
  test("are by part of a name or of an address, whatever the case, and tell two of one name apart", async () => {
    expect(await suggestPeople("RUIZ")).toEqual(["ana ruiz, pe_ana2@example.test", "Ana Ruiz, pe_ana@example.test"]);
    expect(await suggestPeople("zoë l")).toEqual(["Zoë Last, MD"]);
    expect(await suggestPeople("pe_zoe@")).toEqual(["Zoë Last, MD"]);
  });

  test("are twenty at most, take no wildcard, and name nobody who cannot sign in", async () => {
    expect(await suggestPeople("")).toHaveLength(20);
    expect([await suggestPeople("%"), await suggestPeople("Gone")]).toEqual([[], []]);
  });
});

test("a name means whoever bears it alone; with the address it means one of several", async () => {
  const found = await findNamed(["Ana Ruiz", "ana ruiz, PE_ANA@example.test", "zoë last, md", "pe_many3@example.test", "Gone Away", "Nobody"]);
  expect(Object.fromEntries([...found].map(([text, ids]) => [text, [...ids].toSorted()]))).toEqual({
    "Ana Ruiz": ["pe_ana", "pe_ana2"], "ana ruiz, PE_ANA@example.test": ["pe_ana"], "zoë last, md": ["pe_zoe"], "pe_many3@example.test": ["pe_many3"],
  });
});

test("what stands in a field means the same person when it is sent back", async () => {
  const ids = ["pe_ana", "pe_ana2", "pe_zoe", "pe_gone"];
  const labels = await labelsOf(ids);
  expect(labels.has("pe_gone")).toBe(false);
  const found = await findNamed([...labels.values()]);
  for (const [id, label] of labels) expect(found.get(label)).toEqual([id]);
});
