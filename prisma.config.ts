import { defineConfig } from "prisma/config";

// Prisma's command line wants a native engine even to generate the client, and would download it. Any executable satisfies
// the check; generating needs none. To write a migration, point this at a real schema engine (README, "Migrations").
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://127.0.0.1:1/none" },
});
