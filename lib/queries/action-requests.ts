// Which actions wait for a person, and which of them could this person decide?

import { pool, prisma } from "../database/database.ts";
import { askWords, readAsks } from "../domain/approval-ask.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import type { InboxItem } from "../domain/inbox-item.ts";
import type { PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";
import { amountOfRow, readInputs } from "./actions.ts";
import type { Snoozes } from "./snoozes.ts";
import { storedSections, whoLooks, type InboxSection } from "./stored-sections.ts";

/** What cannot be undone is drawn, and stands, before the rest. */
export const markOfAction = (effect: string): "warning" | "waiting" => (effect === "irreversible" ? "warning" : "waiting");

const HELD = "FROM action a LEFT JOIN agent g ON g.id = a.agent_id WHERE a.state = 'held' AND a.expires_at > $4";

const EMAIL = "(SELECT lower(btrim(p.email)) FROM person p WHERE p.id = $3)";

/** The permission and `approverAnswer` in SQL, for any number of them; and the agent still runs the version that asks. */
const WAITS = `($2 OR a.agent_id = ANY($1)) AND a.version_id IS NOT DISTINCT FROM g.current_version_id
  AND coalesce(lower(btrim(a.on_behalf_of)) NOT IN (lower($3::text), ${EMAIL}), true)
  AND a.prepared_by <> ALL(ARRAY(SELECT 'key:' || k.id FROM api_key k WHERE k.created_by_id = $3 OR k.person_id = $3))
  AND (jsonb_path_exists(a.asks, '$[*] ? (@.approvers.size() == 0)') OR EXISTS (
    SELECT FROM unnest(a.approvers) AS asked
    WHERE asked = ANY($5) OR a.agent_id || ' ' || asked = ANY($5) OR (asked LIKE 'person:%' AND coalesce(lower(btrim(substr(asked, 8))) = ${EMAIL}, false))))
  AND NOT EXISTS (SELECT FROM action_review r WHERE r.action_id = a.id AND r.person_id = $3 AND r.verdict = 'approve' AND r.input_digest = a.input_digest AND r.voided_at IS NULL)`;

/** Values of `$4` and `$5`: the names under which the person may be asked, those of an agent's owner with the agent before them. */
const valuesFor = (actor: PersonActor, now: Date): [Date, string[]] => [
  now, [`person:${actor.id}`, ...actor.roles.map((role) => `role:${role}`), ...Object.entries(actor.owns).flatMap(([agentId, roles]) => roles.map((role) => `${agentId} role:${role}`))],
];

export const actionRequests = (actor: PersonActor, snoozes: Snoozes, now: Date): Promise<InboxSection[]> =>
  storedSections<{ id: string }>(actor, "action:approve", snoozes, {
    kind: "action", open: HELD, mine: WAITS, values: valuesFor(actor, now), columns: "a.id", agent: "a.agent_id", since: "a.prepared_at", key: "a.id", rank: "CASE a.effect WHEN 'irreversible' THEN 1 ELSE 3 END",
    asItems: (rows, isMine) => readRequests(rows.map(({ id }) => id), isMine),
  });

async function readRequests(ids: readonly string[], isMine: boolean): Promise<InboxItem[]> {
  const [actions, inputs] = await Promise.all([
    prisma().action.findMany({
      where: { id: { in: [...ids] } },
      select: {
        id: true, agentId: true, tool: true, effect: true, amountMinor: true, currency: true, preparedAt: true, expiresAt: true, asks: true, approvers: true, approvalsNeeded: true, inputDigest: true, question: true, answer: true,
        reviews: { where: { voidedAt: null, verdict: "approve" }, select: { inputDigest: true } },
      },
    }),
    readInputs(ids),
  ]);
  const byId = new Map(actions.map((action) => [action.id, action]));
  return ids.flatMap((id): InboxItem[] => {
    const action = byId.get(id);
    if (!action) return [];
    const approvals = action.reviews.filter(({ inputDigest }) => inputDigest === action.inputDigest).length;
    return [{
      key: id, kind: "action", href: paths.action(id), word: action.effect === "irreversible" ? "Irreversible action" : "Action", mark: markOfAction(action.effect),
      sentence: effectSentence({ tool: action.tool, input: inputs.get(id) ?? null, amount: amountOfRow(action) }), agentId: action.agentId, since: action.preparedAt.toISOString(), expiresAt: action.expiresAt.toISOString(),
      detail: [
        ...(action.approvalsNeeded > 1 ? [`${approvals} of ${action.approvalsNeeded} approvals`] : []), ...(action.approvers.length > 0 ? [`asks ${askWords(readAsks(action.asks))}`] : []),
        ...(action.question !== null ? [action.answer === null ? "a question waits for the agent" : "the agent answered"] : []),
      ].join(", ") || null,
      isMine, next: isMine ? "Approve or reject" : "Look",
    }];
  });
}

/** Those that wait for this person, the soonest over first. */
export async function myActionIds(actor: PersonActor, limit: number, now: Date): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(`SELECT a.id ${HELD} AND ${WAITS} ORDER BY a.expires_at, a.id LIMIT ${limit}`, [...whoLooks(actor, "action:approve"), ...valuesFor(actor, now)]);
  return rows.map(({ id }) => id);
}
