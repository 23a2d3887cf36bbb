// Does Holdpoint make requests of its own, to see whether people read?

import { prisma } from "../database/database.ts";
import { seedingInForce } from "../database/seeding-in-force.ts";
import type { Seeding } from "../domain/seeding.ts";

export const getSeeding = (): Promise<Seeding> => seedingInForce(prisma());
