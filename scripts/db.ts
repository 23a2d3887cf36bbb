// `npm run db`: starts the embedded database alone, migrated, and says where it is; Ctrl-C stops it.

import { startDatabase } from "../lib/database/start-database.ts";

const database = await startDatabase();
process.stdout.write(`${process.env.DATABASE_URL ?? ""}\n${database.migrations.length} migrations applied now. Ctrl-C stops it.\n`);
const keepAlive = setInterval(() => undefined, 60_000);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    clearInterval(keepAlive);
    void database.stop().then(() => process.exit(0));
  });
}
