import { expect, it } from "vitest";
import { AGENT_KINDS, LIST_KINDS, type ListName } from "./list-kinds.ts";
import { concerns } from "./live-status.ts";

it.each<[ListName, readonly string[]]>([
  ["agents", ["stop.engaged", "stop.proven", "stop.released", "authority.changed", "override.set", "override.revoked", "stage.lowered", "tier.lowered", "card.edited", "finding.opened", "change.proposed", "agent.created", "version.rolled_back"]],
  ["risk", ["owners.assigned", "tier.lowered", "card.edited", "agent.created"]],
  ["changes", ["change.proposed", "change.approved", "change.expired", "version.registered"]],
  ["rollouts", ["rollout.held", "rollout.promoted", "rollout.exposure_raised", "change.approved"]],
  ["actions", ["action.held", "action.approved", "action.committed", "actions.ended", "action.by_hand"]],
  ["undos", ["undo.started", "undo.step_failed", "undo.done_by_hand", "action.compensated"]],
  ["portfolio", ["action.held", "action.expired", "change.approved", "finding.opened", "item.taken"]],
])("the list of %s moves with %j", (list, kinds) => {
  for (const kind of kinds) expect(concerns(LIST_KINDS[list], [kind]), kind).toBe(true);
});

it("what a busy house says all the time has no list of agents, changes or rollouts made anew", () => {
  for (const list of ["agents", "risk", "changes", "rollouts", "portfolio"] as const) expect(concerns(LIST_KINDS[list], ["runs.moved", "action.started", "action.heartbeat", "actions.ended", "decisions.made"])).toBe(false);
});

it("the pages of one agent move with all that moves its row", () => {
  for (const kind of LIST_KINDS.agents) expect(AGENT_KINDS).toContain(kind);
});
