// What may an agent do right now, and how has that changed over time?

import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { prisma } from "../database/database.ts";
import { computeAuthority, CONSTRAINT_SOURCES, type Authority, type ConstraintSource } from "../domain/authority.ts";
import { AUTHORITY_LEVELS, type AuthorityLevel } from "../domain/authority-level.ts";

/** The same facts and the same decision as everywhere else; throws `NotFound`. */
export async function getAuthority(agentId: string, now: Date): Promise<Authority> {
  return computeAuthority(await loadAuthorityFacts(prisma(), agentId, now), now);
}

/** A stored word that is not understood reads as the lowest. */
export const readLevel = (value: string): AuthorityLevel => AUTHORITY_LEVELS.find((level) => level === value) ?? "stopped";
export const readSource = (value: string): ConstraintSource => CONSTRAINT_SOURCES.find((source) => source === value) ?? "override";

export interface AuthorityStep {
  id: string;
  at: Date;
  level: AuthorityLevel;
  binding: ConstraintSource;
  reason: string;
}

/** Newest first. */
export async function listAuthorityHistory(agentId: string, limit = 100): Promise<AuthorityStep[]> {
  const rows = await prisma().authorityRecord.findMany({ where: { agentId }, orderBy: [{ at: "desc" }, { id: "desc" }], take: limit });
  return rows.map((row) => ({ id: String(row.id), at: row.at, level: readLevel(row.level), binding: readSource(row.binding), reason: row.reason }));
}

export interface OverrideRow {
  id: string;
  source: ConstraintSource;
  level: AuthorityLevel;
  reason: string;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  revokedBy: string | null;
  isInForce: boolean;
}

/** In force first, then the newest. */
export async function listOverrides(agentId: string, now: Date, limit = 50): Promise<OverrideRow[]> {
  const rows = await prisma().override.findMany({
    where: { agentId }, orderBy: { createdAt: "desc" }, take: limit,
    select: { id: true, source: true, level: true, reason: true, createdBy: true, createdAt: true, expiresAt: true, revokedAt: true, revokedBy: true },
  });
  return rows
    .map((row) => ({ ...row, source: readSource(row.source), level: readLevel(row.level), isInForce: row.revokedAt === null && row.expiresAt > now }))
    .toSorted((a, b) => Number(b.isInForce) - Number(a.isInForce));
}
