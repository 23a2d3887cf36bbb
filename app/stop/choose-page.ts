import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { writeStopScope } from "@/lib/domain/stop-scope.ts";
import { formatCount } from "@/lib/format.ts";
import { asHtml, html, type Html } from "@/lib/html.ts";
import { paths } from "@/lib/paths.ts";
import type { StopChoice, StopChoices } from "@/lib/queries/stop-choices.ts";
import { backTo, stopDocument, STOP_ICON } from "./stop-frame.ts";

const EFFECTS: Readonly<Record<NonNullable<StopChoice["effect"]>, string>> = { read: "Reads only", write: "Changes something", irreversible: "Cannot be undone" };

function titleOf(choice: StopChoice): string {
  if (choice.scope === "fleet") return "Fleet";
  if (choice.scope === "tier") return `Tier ${choice.target}`;
  if (choice.scope === "version") return `Version ${choice.versionNumber ?? ""} only`;
  return choice.scope === "tool" ? `Tool ${choice.target.slice((choice.agentId ?? "").length + 1)}` : `Agent ${choice.target}`;
}

function detailOf(choice: StopChoice): string {
  if (choice.scope === "agent") return choice.withWriteTools > 0 ? "All versions, all tools. Some of them change something" : "All versions, all tools. They only read";
  if (choice.scope === "version") return "Another version of the agent would not be covered";
  if (choice.scope === "tool") return `${choice.effect === null ? "Effect not known" : EFFECTS[choice.effect]}. The rest of ${choice.agentId ?? "the agent"} goes on`;
  return `${choice.scope === "fleet" ? "All " : ""}${formatCount(choice.agents, "agent")}, ${choice.withWriteTools === choice.agents ? "all" : formatCount(choice.withWriteTools, "of them", "of them")} with tools that change something`;
}

function row(choice: StopChoice, index: number, chosen: string | null, actor: PersonActor): Html {
  const scope = writeStopScope(choice);
  const answer = may(actor, "stop:engage", choice.agentId);
  return html`<label class="opt"><input type="radio" name="scope" id="o${index}" value="${scope}" required${asHtml(scope === chosen && answer.ok ? " checked" : "")}${asHtml(answer.ok ? "" : ' disabled aria-describedby="why"')}>
<span><b>${titleOf(choice)}</b><i>${detailOf(choice)}</i></span><span class="qty">${choice.scope === "tool" ? null : formatCount(choice.activeRuns, "run active", "runs active")}${choice.isEngaged && html`<b>Stop stored already</b>`}</span></label>
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
}

export function choosePage({ actor, choices, chosen, agentId, otherAgents, search, missing }: ChoosePage): string {
  const preselected = choices.find((choice) => writeStopScope(choice) === chosen);
  const title = preselected ? `Stop ${preselected.name}?` : "What is to be stopped?";
  const answers = choices.map((choice) => may(actor, "stop:engage", choice.agentId));
  const refusal = answers.find((answer) => !answer.ok);
  const back = backTo(agentId);
  const labels = choices.map((choice, index) => html`<span class="l l${index}">Stop ${choice.name} now</span>`);
  const isAllowed = answers.some((answer) => answer.ok);
  const act = isAllowed
    ? html`<details><summary>Add a reason, if there is time</summary><label><span class="vh">Reason</span><textarea name="reason" rows="2" maxlength="1000"></textarea></label></details>
<div class="act"><span class="plate"><button class="stop">${STOP_ICON}<span class="none">Stop what is chosen</span><span>${labels}</span></button></span><a class="btn quiet" href="${back.href}">Leave it running</a></div>`
    : html``;
  const why = refusal && !refusal.ok ? html`<p id="why">${isAllowed ? "You may not stop what is greyed out." : "You may look, and not stop."} ${refusal.reason}</p>` : html``;
  return stopDocument(title, back, [
    missing === null ? html`` : html`<div class="card no" role="alert"><p>${missing}</p></div>`,
    isAllowed ? html`` : html`<div class="card in">${why}</div>`,
    html`<form class="card ${isAllowed && "pick"}" method="post" action="${paths.stop()}"><div class="in"><h1>${title}</h1><p>Nothing that was done is undone by stopping. It holds until two people release it.</p></div>
<div class="rows" role="radiogroup" aria-label="What to stop">${choices.map((choice, index) => row(choice, index, chosen, actor))}</div>
${act}</form>`,
    html`<div class="card in">${isAllowed && why}<p>A run is active when it was seen working in the last 5 minutes.</p>${agentId === null && otherAgents > 0 && finder(search, otherAgents)}
${agentId !== null && html`<p><a href="${paths.stop()}">Stop something else</a></p>`}</div>`,
  ], styleOf(choices.length));
}

const finder = (search: string, others: number): Html =>
  html`<form method="get" action="${paths.stop()}"><label for="q">${formatCount(others, "other agent", "other agents")}. Part of the name:</label><span class="find"><input type="search" id="q" name="q" value="${search}" maxlength="63"><button class="btn">Find</button></span></form>`;
