// `npm run dev`: the same server with Next's development mode, on a database of its own.

process.env.HOLDPOINT_DATA_DIR ??= ".data/dev";
process.env.HOLDPOINT_ENVIRONMENT ??= "Development";
await import("../server.ts");
export {};
