// What kinds of things wait, and for whom?

import { INBOX_KINDS } from "../domain/inbox-item.ts";
import { spotCheckKey } from "../domain/item-key.ts";
import { may } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";
import { actionRequests } from "./action-requests.ts";
import { readSnoozes, type Snoozes } from "./snoozes.ts";
import { storedSections, type InboxSection } from "./stored-sections.ts";
import { waitingChanges } from "./waiting-changes.ts";

interface FindingRow { id: string; agentId: string; sentence: string; openedAt: Date; runCount: number; isInReview: boolean; canResolve: boolean }

const openFindings = (actor: PersonActor, snoozes: Snoozes) =>
  storedSections<FindingRow>(actor, "finding:resolve", snoozes, {
    kind: "finding", open: "FROM finding f LEFT JOIN change c ON c.id = f.change_id WHERE f.state = 'open'", agent: "f.agent_id", since: "f.opened_at", key: "f.id", rank: 0,
    // Once its review is open the change waits for somebody, and the finding only tells why.
    mine: "($2 OR f.agent_id = ANY($1)) AND c.state IS DISTINCT FROM 'open'",
    columns: `f.id, f.agent_id AS "agentId", f.sentence, f.opened_at AS "openedAt", f.run_count AS "runCount", c.state IS NOT DISTINCT FROM 'open' AS "isInReview", ($2 OR f.agent_id = ANY($1)) AS "canResolve"`,
    asItems: (rows, isMine) => rows.map((row) => ({
      key: row.id, kind: "finding", href: paths.finding(row.id), word: "Unreviewed change", mark: "critical", sentence: row.sentence, agentId: row.agentId,
      since: row.openedAt.toISOString(), expiresAt: null, isMine, detail: row.runCount > 0 ? `${row.runCount.toLocaleString("en")} ${row.runCount === 1 ? "run" : "runs"}` : null,
      next: row.isInReview ? "Its review is open" : row.canResolve ? "Review it or close it" : "Look",
    })),
  });

interface RolloutItemRow { id: string; agentId: string; title: string; state: string; reason: string | null; since: Date }

const ROLLOUTS = "FROM rollout o JOIN change c ON c.id = o.change_id";
const ROLLOUT_SINCE = "coalesce(o.step_since, o.planned_at)";
const ROLLOUT_COLUMNS = `o.id, o.agent_id AS "agentId", c.title, o.state, o.reason, ${ROLLOUT_SINCE} AS since`;

/** Planned ones that nobody started, and those that were held. */
const waitingRollouts = (actor: PersonActor, snoozes: Snoozes) =>
  storedSections<RolloutItemRow>(actor, "rollout:start", snoozes, {
    kind: "rollout", open: `${ROLLOUTS} WHERE o.state IN ('planned', 'held')`, agent: "o.agent_id", since: ROLLOUT_SINCE, key: "o.id", rank: 3, columns: ROLLOUT_COLUMNS,
    mine: "($2 OR o.agent_id = ANY($1)) AND (o.state = 'planned' OR $3 <> ALL(c.author_ids))",
    asItems: (rows, isMine) => rows.map(({ id, agentId, title, state, reason, since }) => ({
      key: id, kind: "rollout", href: paths.rollout(id), word: state === "held" ? "Rollout held" : "Rollout planned", mark: "waiting", sentence: title, agentId, since: since.toISOString(), expiresAt: null, isMine,
      detail: state === "held" ? reason : null, next: !isMine ? "Look" : state === "held" ? "Look and resume it, or abort" : "Start it",
    })),
  });

/** Those that the judge lets go on and whose plan asks for a person's word. */
const waitingPromotions = (actor: PersonActor, snoozes: Snoozes) =>
  storedSections<RolloutItemRow>(actor, "rollout:promote", snoozes, {
    kind: "promotion", agent: "o.agent_id", since: ROLLOUT_SINCE, key: "o.id", rank: 3, columns: ROLLOUT_COLUMNS,
    open: `${ROLLOUTS} WHERE o.state = 'running' AND o.verdict->>'decision' = 'promote' AND (o.verdict->>'stageIndex')::int = o.stage_index AND o.plan->'stages'->o.stage_index->>'approver' <> 'nobody'`,
    mine: "($2 OR o.agent_id = ANY($1)) AND $3 <> ALL(c.author_ids)",
    asItems: (rows, isMine) => rows.map(({ id, agentId, title, since }) => ({
      key: id, kind: "promotion", href: paths.rollout(id), word: "Promotion", mark: "waiting", sentence: title, agentId, since: since.toISOString(), expiresAt: null, isMine, detail: "the evidence is there", next: isMine ? "Promote it" : "Look",
    })),
  });

interface SpotRow { id: string; agentId: string | null; title: string; authorName: string; proposedAt: Date }

const dueSpotChecks = (actor: PersonActor, snoozes: Snoozes) =>
  storedSections<SpotRow>(actor, "spot_check:record", snoozes, {
    kind: "spot_check", open: "FROM change c WHERE c.spot_check_due AND c.spot_checked_at IS NULL", agent: "c.agent_id", since: "c.proposed_at", key: "c.id", item: `'${spotCheckKey("")}' || c.id`, rank: 2,
    mine: "($2 OR coalesce(c.agent_id = ANY($1), false)) AND $3 <> ALL(c.author_ids)",
    columns: `c.id, c.agent_id AS "agentId", c.title, c.author_name AS "authorName", c.proposed_at AS "proposedAt"`,
    asItems: (rows, isMine) => rows.map((row) => ({
      key: spotCheckKey(row.id), kind: "spot_check", href: paths.change(row.id), word: "Spot check", mark: "info", sentence: row.title, agentId: row.agentId,
      since: row.proposedAt.toISOString(), expiresAt: null, isMine, detail: `passed by itself, by ${row.authorName}`, next: isMine ? "Check it" : "Look",
    })),
  });

/** What waits; and apart from it, as sections of their own, what this person has put off. Mine first; in each half actions, for which an agent waits, then changes, rollouts, findings and spot checks. */
export async function inboxSections(actor: PersonActor, now: Date): Promise<InboxSection[]> {
  const snoozes = await readSnoozes(actor.id, now);
  const sections = await Promise.all([
    may(actor, "action:read").ok ? actionRequests(actor, snoozes, now) : [], waitingChanges(actor, snoozes, now), waitingRollouts(actor, snoozes), waitingPromotions(actor, snoozes), openFindings(actor, snoozes), dueSpotChecks(actor, snoozes),
  ]);
  return sections.flat().toSorted((a, b) => Number(b.isMine) - Number(a.isMine) || INBOX_KINDS.indexOf(a.kind) - INBOX_KINDS.indexOf(b.kind));
}
