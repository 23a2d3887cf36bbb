// Is a card complete? The same answer as `missingFromCard` gives, as SQL, for lists that must not read every card.

import { OWNER_ROLES } from "../domain/roles.ts";

const LISTS = ["{boundary,may}", "{boundary,mustNever}", "{boundary,mustEscalateWhen}", "{boundary,doneMeans}", "{inputs}", "{tools}", "{dataSources}", "{pact}"];
const TEXTS = ["purpose", "escalationContact", "onCallRotation", "runbook"];

/** How many of the three owner roles are held by a named person who can sign in. */
export const countOfOwners = (agent: string): string =>
  `(SELECT count(DISTINCT ao.role) FROM agent_owner ao JOIN person p ON p.id = ao.person_id
    WHERE ao.agent_id = ${agent}.id AND NOT ao.is_deputy AND p.disabled_at IS NULL AND p.name <> '')`;

/** `agent` is the alias of the table `agent` in the statement around. */
export function cardIsComplete(agent: string): string {
  const texts = TEXTS.map((name) => `coalesce(${agent}.card->>'${name}', '') <> ''`);
  const lists = LISTS.map((path) => `coalesce(jsonb_array_length(${agent}.card#>'${path}'), 0) > 0`);
  const rest = [`coalesce(jsonb_typeof(${agent}.card->'monthlyBudget'), 'null') = 'object'`, `${agent}.tier IS NOT NULL`, `${countOfOwners(agent)} = ${OWNER_ROLES.length}`];
  return `(${[...texts, ...lists, ...rest].join(" AND ")})`;
}
