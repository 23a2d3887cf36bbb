// Somebody may not do a thing: who could be asked to?

import { may, type Answer, type Permission } from "./permissions.ts";
import { HOUSE_ROLES, OWNER_ROLES, type PersonActor } from "./roles.ts";

export interface Asker {
  actor: PersonActor;
  /** Where an answer depends on it, as that of a policy that names persons by address. */
  email?: string;
}

/** Answers to one person, by what is asked. */
export type Answers<Each> = { readonly [Key in keyof Each]: Answer };

/** More names are no help in choosing one. */
const NAMED = 2;
const LONGEST_NAME = 60;

/** Would be refused for the state of things alone. */
function holderOfEverything(agentId: string | null): Asker {
  return { actor: { kind: "person", id: "", name: "", roles: HOUSE_ROLES, owns: { [agentId ?? ""]: OWNER_ROLES } } };
}

/** Refusals that another person would not get. */
export function refusedForWho<Each extends Answers<Each>>(own: Each, decide: (person: Asker) => Each, agentId: string | null): (keyof Each)[] {
  const most = decide(holderOfEverything(agentId));
  return (Object.keys(own) as (keyof Each)[]).filter((key) => !own[key].ok && most[key].ok);
}

/**
 * The same answers, where each refusal that another person would not get ends with whom to ask: the first two of `candidates` who would be allowed, or,
 * where there is none, whoever could name one. `candidates` come in the order in which they are asked, without the person who is refused.
 */
export function nameWhomToAsk<Each extends Answers<Each>>(own: Each, decide: (person: Asker) => Each, candidates: readonly Asker[], agentId: string | null): Each {
  const answers = candidates.map((person) => ({ person, answers: decide(person) }));
  const named = refusedForWho(own, decide, agentId).map((key): [keyof Each, Answer] => {
    const able = answers.filter((each) => each.answers[key].ok).map(({ person }) => person);
    return [key, withSentence(own[key], able.length > 0 ? `Ask ${namesOf(able)}.` : nobodySentence(candidates, agentId))];
  });
  return { ...own, ...Object.fromEntries(named) };
}

function withSentence(answer: Answer, sentence: string): Answer {
  return answer.ok ? answer : { ok: false, reason: `${answer.reason} ${sentence}` };
}

function nobodySentence(candidates: readonly Asker[], agentId: string | null): string {
  const needs: Permission = agentId === null ? "people:manage" : "owners:assign";
  const naming = candidates.filter(({ actor }) => may(actor, needs, agentId).ok);
  return naming.length === 0 ? "There is nobody else at present." : `There is nobody else at present: ask ${namesOf(naming)} to name somebody.`;
}

/** Two of one name are told apart by their addresses. */
function namesOf(people: readonly Asker[]): string {
  const first = people.slice(0, NAMED);
  const isOne = new Set(first.map(({ actor }) => actor.name.toLowerCase())).size < first.length;
  return first.map(({ actor, email }) => shorten(isOne && email !== undefined ? `${actor.name}, ${email}` : actor.name)).join(" or ");
}

const shorten = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);
