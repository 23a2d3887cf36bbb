// Who is asked first where somebody may not? Shared by the pages that show a refusal and the operations that make it.

import { Prisma } from "../../generated/prisma/client.ts";
import { may, type Answer, type Permission } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { nameWhomToAsk, refusedForWho, type Answers, type Asker } from "../domain/whom-to-ask.ts";
import { prisma, type Transaction } from "./database.ts";
import { onCallPerson } from "./on-call-person.ts";
import { loadPersonActors, type KnownPerson } from "./person-actors.ts";

type Client = Pick<Transaction, "person" | "setting" | "$queryRaw">;

/** Of each role so many, because some of them may be authors, or have said yes already. */
const OF_EACH_ROLE = 5;

/** `decide` must be the whole answer to a person, without a look at the database: whoever would be allowed by it is whom to ask. */
export async function namingWhomToAsk<Each extends Answers<Each>>(self: Asker, agentId: string | null, decide: (person: Asker) => Each, now: Date, client: Client = prisma()): Promise<Each> {
  const own = decide(self);
  if (refusedForWho(own, decide, agentId).length === 0) return own;
  const candidates = await loadCandidates(client, agentId, now);
  return nameWhomToAsk(own, decide, candidates.filter(({ actor }) => actor.id !== self.actor.id), agentId);
}

/** What the table of permissions says to each, with whom to ask where it says no. */
export function permits<Key extends string>(actor: PersonActor, agentId: string | null, needs: Readonly<Record<Key, Permission>>, now = new Date(), client: Client = prisma()): Promise<Record<Key, Answer>> {
  const decide = (person: Asker) =>
    Object.fromEntries(Object.entries<Permission>(needs).map(([key, permission]) => [key, may(person.actor, permission, agentId)])) as Record<Key, Answer>;
  return namingWhomToAsk({ actor }, agentId, decide, now, client);
}

/** Who is on call, who is awake then; the agent's owners; and who was here last of each role of the house. */
async function loadCandidates(client: Client, agentId: string | null, now: Date): Promise<KnownPerson[]> {
  const onCall = await onCallPerson(client);
  const rows = await client.$queryRaw<{ id: string }[]>`
    WITH owner AS (
      SELECT person.id, array_position(ARRAY['business_owner', 'technical_owner', 'model_steward'], agent_owner.role) AS rank,
        row_number() OVER (PARTITION BY agent_owner.role ORDER BY agent_owner.is_deputy, person.last_sign_in_at DESC NULLS LAST, person.id) AS nth
      FROM agent_owner JOIN person ON person.id = agent_owner.person_id
      WHERE person.disabled_at IS NULL ${agentId === null ? Prisma.empty : Prisma.sql`AND agent_owner.agent_id = ${agentId}`}
    ), holder AS (
      SELECT person.id, array_position(ARRAY['operator', 'on_call', 'administrator', 'auditor'], held.role) AS rank,
        row_number() OVER (PARTITION BY held.role ORDER BY person.last_sign_in_at DESC NULLS LAST, person.id) AS nth
      FROM person CROSS JOIN LATERAL unnest(person.house_roles) AS held(role) WHERE person.disabled_at IS NULL AND held.role <> 'viewer'
    )
    SELECT id FROM (
      SELECT id, 0 AS kind, rank, nth FROM owner WHERE nth <= ${OF_EACH_ROLE} UNION ALL SELECT id, 1, rank, nth FROM holder WHERE nth <= ${OF_EACH_ROLE}
    ) AS candidate GROUP BY id ORDER BY min(kind), min(rank), min(nth), id`;
  const ids = [...new Set([...(onCall ? [onCall.personId] : []), ...rows.map(({ id }) => id)])];
  const people = await loadPersonActors(client, ids, now);
  return people.toSorted((a, b) => ids.indexOf(a.actor.id) - ids.indexOf(b.actor.id));
}
