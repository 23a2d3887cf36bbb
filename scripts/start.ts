// `npm start`: the production start. Builds the console when that has not been done, then becomes the server.

import { ensureBuilt } from "./build.ts";

Object.assign(process.env, { NODE_ENV: "production" });
await ensureBuilt();
await import("../server.ts");
