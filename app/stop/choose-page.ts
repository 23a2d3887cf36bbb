import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { pathWords, type PathProof } from "@/lib/domain/stop-path-words.ts";
import { writeStopScope } from "@/lib/domain/stop-scope.ts";
import { choiceDetail, choiceQuantity, choiceTitle } from "@/lib/domain/stop-words.ts";
import { formatCount } from "@/lib/format.ts";
import { asHtml, html, type Html } from "@/lib/html.ts";
import { paths } from "@/lib/paths.ts";
import type { StopChoice, StopChoices } from "@/lib/queries/stop-choices.ts";
import { backTo, stopDocument, STOP_ICON } from "./stop-frame.ts";

const text = (choice: StopChoice): Html => html`<span><b>${choiceTitle(choice)}</b><i>${choiceDetail(choice)}</i></span>`;
const quantity = (choice: StopChoice): Html => html`<span class="qty">${choiceQuantity(choice)}${choice.isEngaged && html`<b>Stop stored already</b>`}</span>`;

function radio(choice: StopChoice, index: number, chosen: string | null, actor: PersonActor): Html {
  const scope = writeStopScope(choice);
  const answer = may(actor, "stop:engage", choice.agentId);
  return html`<label class="opt"><input type="radio" name="scope" id="o${index}" value="${scope}" required${asHtml(scope === chosen && answer.ok ? " checked" : "")}${asHtml(answer.ok ? "" : ' disabled aria-describedby="why"')}>
${text(choice)}${quantity(choice)}</label>
`;
}

/** Where nothing is chosen each row has its own button, so that its press is the second one and the last. */
function ownButton(choice: StopChoice, actor: PersonActor): Html {
  const isAllowed = may(actor, "stop:engage", choice.agentId).ok;
  const press = html`<span class="plate"><button class="stop" name="scope" value="${writeStopScope(choice)}">Stop ${choice.name} now</button></span>`;
  return html`<div class="opt own${!isAllowed && " no-way"}">${text(choice)}${quantity(choice)}${isAllowed && press}</div>
`;
}

/** Which name the button has is decided by the choice, without a script. */
const styleOf = (count: number): Html =>
  asHtml(
    `@supports selector(:has(a)){.l{display:none}form:not(:has([name=scope]:checked)) .none${Array.from({ length: count }, (_, index) => `,form:has(#o${index}:checked) .l${index}`).join("")}{display:inline}form:has([name=scope]:checked) .none{display:none}}`,
  );

interface ChoosePage extends StopChoices {
  actor: PersonActor;
  search: string;
  /** What was asked for and is not here. */
  missing: string | null;
  /** With whom to ask, where this person may not stop everything here; null where that could not be found out, or is not needed. */
  refusal: string | null;
  /** The standing proof; null when it cannot be read. */
  path: { last: PathProof | null; since: Date | null } | null;
  now: Date;
}

const REASON = html`<details><summary>Add a reason, if there is time</summary><label><span class="vh">Reason</span><textarea name="reason" rows="2" maxlength="1000"></textarea></label></details>`;

export function choosePage({ actor, choices, chosen, agentId, otherAgents, search, missing, refusal, path, now }: ChoosePage): string {
  const preselected = choices.find((choice) => writeStopScope(choice) === chosen);
  const title = preselected ? `Stop ${preselected.name}?` : "What is to be stopped?";
  const answers = choices.map((choice) => may(actor, "stop:engage", choice.agentId));
  const refused = answers.find((answer) => !answer.ok);
  const isAllowed = answers.some((answer) => answer.ok);
  const back = backTo(agentId);
  const why = refused && !refused.ok ? html`<p id="why">${isAllowed ? "You may not stop what is greyed out." : "You may look, and not stop."} ${refusal ?? refused.reason}</p>` : html``;
  const leave = html`<a class="btn quiet" href="${back.href}">Leave it running</a>`;
  const labels = choices.map((choice, index) => html`<span class="l l${index}">Stop ${choice.name} now</span>`);
  const press = html`<span class="plate"><button class="stop">${STOP_ICON}<span class="none">Stop what is chosen</span><span>${labels}</span></button></span>`;
  const rows = preselected
    ? html`<div class="rows" role="radiogroup" aria-label="What to stop">${choices.map((choice, index) => radio(choice, index, chosen, actor))}</div>`
    : html`<div class="rows" role="group" aria-label="What to stop">${choices.map((choice) => ownButton(choice, actor))}</div>`;
  return stopDocument({ title, back, style: preselected ? styleOf(choices.length) : null }, [
    missing === null ? html`` : html`<div class="card no" role="alert"><p>${missing}</p></div>`,
    isAllowed ? html`` : html`<div class="card in">${why}</div>`,
    html`<form class="card ${isAllowed && preselected !== undefined && "pick"}" method="post" action="${paths.stop()}"><div class="in"><h1>${title}</h1><p>Nothing that was done is undone by stopping. It holds until two people release it.</p></div>
${rows}
${isAllowed && html`${REASON}<div class="act">${preselected !== undefined && press}${leave}</div>`}</form>`,
    html`<div class="card in">${isAllowed && why}<p>A run is active when it was seen working in the last 5 minutes.</p>${agentId === null && otherAgents > 0 && finder(search, otherAgents)}
${agentId !== null && html`<p><a href="${paths.stop()}">Stop something else</a></p>`}</div>`,
    path === null ? html`` : standing(path, now),
  ]);
}

const finder = (search: string, others: number): Html =>
  html`<form method="get" action="${paths.stop()}"><label for="q">${formatCount(others, "other agent", "other agents")}. Part of the name:</label><span class="find"><input type="search" id="q" name="q" value="${search}" maxlength="63"><button class="btn">Find</button></span></form>`;

function standing({ last, since }: NonNullable<ChoosePage["path"]>, now: Date): Html {
  const { state, title, detail } = pathWords(last, since, now);
  return html`<div class="card in ${(state === "failed" || state === "lost") && "no"}"><p><b>${title}</b>${state === "proven" ? " – " : ". "}${detail}</p></div>`;
}
