// As whom does the command line act?

import { userInfo } from "node:os";
import type { SystemActor } from "../lib/domain/roles.ts";
import { systemActor } from "../lib/operations/people.ts";

/** Whoever may run commands on the installation's database may stop; the evidence says as whom. */
export function accountHere(): SystemActor {
  const account = userInfo().username;
  return { ...systemActor, id: `command-line/${account}`, name: `${account}, by the command line` };
}
