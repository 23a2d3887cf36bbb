// What does the frame around every page count?

import { prisma } from "../database/database.ts";

export interface ShellCounts {
  agents: number;
  changes: number;
}

/** Agents that are not archived, and changes that wait for a decision. */
export async function countForShell(): Promise<ShellCounts> {
  const [agents, changes] = await Promise.all([prisma().agent.count({ where: { archivedAt: null } }), prisma().change.count({ where: { state: "open" } })]);
  return { agents, changes };
}
