import { expect, it } from "vitest";
import { concerns } from "./live-status.ts";
import { WAITING_KINDS } from "./waiting-kinds.ts";

it.each(["action.held", "action.approved", "action.expired", "action.stopped", "change.spot_checked", "rollout.held", "rollout.promotable", "finding.opened", "item.taken"])("what waits moves with %s", (kind) => {
  expect(concerns(WAITING_KINDS, [kind])).toBe(true);
});

it.each(["action.started", "action.heartbeat", "action.committed", "actions.prepared", "actions.ended", "decisions.made"])("and stays with %s, which a busy agent says all the time", (kind) => {
  expect(concerns(WAITING_KINDS, [kind])).toBe(false);
});
