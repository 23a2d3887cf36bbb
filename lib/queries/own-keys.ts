// Which API keys has this person made for themselves?

import { prisma } from "../database/database.ts";

export interface OwnKeyRow {
  id: string;
  name: string;
  hint: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

export async function listOwnKeys(personId: string): Promise<OwnKeyRow[]> {
  const rows = await prisma().apiKey.findMany({
    where: { personId }, orderBy: [{ revokedAt: { sort: "asc", nulls: "first" } }, { createdAt: "desc" }], take: 100,
    select: { id: true, name: true, hint: true, createdAt: true, lastUsedAt: true, revokedAt: true },
  });
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null, revokedAt: row.revokedAt?.toISOString() ?? null }));
}
