// What may this person do about a rollout as it stands, and why not?

import { IS_AUTHOR } from "../domain/change-authors.ts";
import { may, type Answer } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import { faultOfMove, type RolloutMove, type RolloutState } from "../domain/rollout-state.ts";
import { becauseSentence } from "../domain/verdict-words.ts";
import { AUTHOR_RESUMES, AUTHOR_WEAKENS, faultOfAuthor } from "../domain/weaker-plan.ts";
import type { RolloutDetail } from "./rollout-detail.ts";

export interface RolloutAnswers {
  plan: Answer;
  /** Save a plan that is weaker than the usual one. */
  weaken: Answer;
  start: Answer;
  pause: Answer;
  resume: Answer;
  promote: Answer;
  waive: Answer;
  abort: Answer;
}

const yes: Answer = { ok: true };
const no = (reason: string): Answer => ({ ok: false, reason });
const first = (...answers: readonly Answer[]): Answer => answers.find(({ ok }) => !ok) ?? yes;

const from = (state: RolloutState, move: RolloutMove): Answer => {
  const fault = faultOfMove(state, move);
  return fault === null ? yes : no(fault);
};

interface AnswersAbout {
  authorIds: readonly string[];
  waivedBy: readonly string[];
  /** In what its plan is weaker than the usual one. */
  weaker: readonly string[];
}

/** The same that the operations ask, so that a button says why before it is pressed. */
export function answersFor(actor: PersonActor, rollout: RolloutDetail, { authorIds, waivedBy, weaker }: AnswersAbout): RolloutAnswers {
  const { agentId, state } = rollout;
  const unlessAuthor = (fault: string | null): Answer => (fault !== null && authorIds.includes(actor.id) ? no(fault) : yes);
  const isAuthor = unlessAuthor(`${IS_AUTHOR}; somebody else decides.`);
  return {
    plan: first(from(state, "edit_plan"), may(actor, "rollout:plan", agentId)),
    weaken: unlessAuthor(AUTHOR_WEAKENS),
    start: first(from(state, "start"), may(actor, "rollout:start", agentId), unlessAuthor(faultOfAuthor(weaker))),
    pause: first(from(state, "pause"), may(actor, "rollout:pause", agentId)),
    resume: first(from(state, "resume"), may(actor, "rollout:start", agentId), unlessAuthor(state === "held" ? AUTHOR_RESUMES : null)),
    promote: first(from(state, "promote"), may(actor, "rollout:promote", agentId), isAuthor, roleAnswer(actor, rollout), evidenceAnswer(rollout)),
    waive: first(from(state, state === "planned" ? "skip" : "waive"), may(actor, "rollout:waive", agentId), isAuthor, waivedBy.includes(actor.id) ? no("You waived it. A second person has to.") : yes),
    abort: first(from(state, "abort"), may(actor, "rollout:abort", agentId)),
  };
}

function roleAnswer(actor: PersonActor, { agentId, plan, stageIndex }: RolloutDetail): Answer {
  const approver = plan.stages[stageIndex]?.approver ?? "any_reviewer";
  if (approver === "any_reviewer" || approver === "nobody") return yes;
  return rolesHeld(actor, agentId).includes(approver) ? yes : no(`The plan asks the ${approver.replace("_", " ")} for this stage.`);
}

function evidenceAnswer({ verdict }: RolloutDetail): Answer {
  if (verdict?.decision === "wait" && verdict.because.code === "coverage_differs") return no(becauseSentence(verdict.because));
  return verdict?.decision === "promote" ? yes : no("Opens when every gating metric is judged not worse.");
}
