import { beforeAll, describe, expect, it } from "vitest";
import { hashApiKey } from "../auth/api-key.ts";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { NotFound, NotPermitted } from "../errors.ts";
import { findKeyHolder } from "../queries/api-keys.ts";
import { listOwnKeys } from "../queries/own-keys.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createOwnKey, revokeOwnKey } from "./own-keys.ts";

useDatabase();

const now = new Date("2026-11-21T12:00:00Z");
const ana: PersonActor = { kind: "person", id: "pe_ana", name: "Ana", roles: ["viewer"], owns: {} };
const eve: PersonActor = { ...ana, id: "pe_eve", name: "Eve" };

beforeAll(async () => {
  await prisma().person.createMany({ data: [ana, eve].map((person) => ({ id: person.id, email: `${person.id}@example.org`, name: person.name, houseRoles: ["viewer"], createdAt: now })) });
});

describe("a person's own key", () => {
  it("acts as that person, with no scope of its own", async () => {
    const { secret } = await createOwnKey(ana, { name: "laptop" }, now);
    const holder = await findKeyHolder(hashApiKey(secret), now);
    expect(holder?.actor).toEqual({ kind: "person", id: "pe_ana", name: "Ana", roles: ["viewer"], owns: {} });
    const [listed] = await listOwnKeys("pe_ana");
    expect(listed).toMatchObject({ name: "laptop", revokedAt: null });
    expect(JSON.stringify(listed)).not.toContain(secret);
  });

  it("is revoked by its owner only", async () => {
    const { id, secret } = await createOwnKey(ana, { name: "old" }, now);
    await expect(revokeOwnKey(eve, { keyId: id }, now)).rejects.toThrow(NotFound);
    await revokeOwnKey(ana, { keyId: id }, now);
    await revokeOwnKey(ana, { keyId: id }, now);
    expect(await findKeyHolder(hashApiKey(secret), now)).toBeNull();
    expect(await prisma().logEntry.count({ where: { subject: id, kind: "key.revoked" } })).toBe(1);
  });

  it("is not for keys, nor for people without any role", async () => {
    await expect(createOwnKey({ kind: "key", id: "key_1", name: "ci", agentIds: ["*"], scopes: ["versions"] }, { name: "x" }, now)).rejects.toThrow(NotPermitted);
    await expect(createOwnKey({ ...ana, roles: [] }, { name: "x" }, now)).rejects.toThrow(NotPermitted);
  });
});
