// What did people say of one thing that waits, or waited?

import { prisma } from "../database/database.ts";

export interface ItemComment {
  id: string;
  at: Date;
  who: string;
  text: string;
}

const MOST_SHOWN = 200;

/** The newest, the newest first. */
export async function readComments(subject: string): Promise<ItemComment[]> {
  const rows = await prisma().itemComment.findMany({ where: { subject }, orderBy: [{ at: "desc" }, { id: "desc" }], take: MOST_SHOWN, select: { id: true, at: true, personName: true, text: true } });
  return rows.map(({ personName, ...row }) => ({ ...row, who: personName }));
}
