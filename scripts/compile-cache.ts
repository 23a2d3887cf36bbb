// Where do the processes that tests start find what was compiled before? A command or a server then starts in half the time.

import path from "node:path";
import { ROOT } from "./run-command.ts";

process.env.NODE_COMPILE_CACHE ??= path.join(ROOT, "node_modules/.cache/node");
