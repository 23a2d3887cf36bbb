// With which secret are sessions signed? The one in the environment, or one made at the first start and kept in the database.

import { randomBytes } from "node:crypto";
import { prisma } from "../database/database.ts";

const KEY = "session_secret";

/** In the database rather than on disk, so that every process of an installation signs alike. */
export async function installationSecret(given: string | undefined): Promise<string> {
  if (given) return given;
  const value = { secret: randomBytes(32).toString("base64url") };
  await prisma().setting.createMany({ data: [{ key: KEY, value }], skipDuplicates: true });
  const stored = await prisma().setting.findUniqueOrThrow({ where: { key: KEY } });
  return (stored.value as { secret: string }).secret;
}
