import { formatCount, formatRelative, formatUtc } from "@/lib/format.ts";
import { asHtml, html, type Html } from "@/lib/html.ts";
import { agentInScope } from "@/lib/domain/stop-scope.ts";
import { allPoints, clockTenth, coversNobody, mayAct, pointWords, stopHeadline, stopSentence, stopSubject, toldState, type ShownPoint, type ShownProof, type ToldStop } from "@/lib/domain/stop-words.ts";
import { paths } from "@/lib/paths.ts";
import type { EngagedStop, HeardAgent } from "@/lib/queries/stops.ts";
import { backTo, stopDocument, STOPPED_SHAPE } from "./stop-frame.ts";

/** The page stays under 20 kB: who may still act comes first. */
const MOST_POINTS = 20;
/** Of them, as many as fit into so many bytes: a sign of a name can take six. */
const BYTES_OF_POINTS = 3_600;
const MOST_HEARD = 8;
const MOST_SEGMENTS = 48;
const LONGEST_NAME = 48;
const LONGEST_REASON = 240;

const cut = (text: string, longest = LONGEST_NAME): string => (text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`);

interface StoredPage {
  stop: EngagedStop;
  /** Null when it cannot be read. */
  proof: ShownProof | null;
  now: Date;
}

/** Says what is stored and what is proven. Asked for again by itself until that is settled. */
export function storedPage(page: StoredPage): string {
  const { stop, proof, now } = withShortNames(page);
  const told: ToldStop = { scope: stop.scope, name: stop.name, engagedAt: stop.engagedAt.toISOString(), releasedAt: stop.releasedAt?.toISOString() ?? null, proof };
  const state = toldState(told);
  const agentId = agentInScope(stop);
  const back = backTo(agentId);
  if (stop.releasedAt !== null) {
    return stopDocument({ title: "Released", back, state: { name: state, course: "over", readAt: now } }, [
      html`<div class="card"><div class="in"><h1>${stopHeadline(told)}</h1><p>It covered ${stop.name}. Released by ${stop.releasedBy}, ${formatUtc(stop.releasedAt)}. ${stopSentence(told)}</p></div><div class="in row"><a class="btn" href="${paths.stops()}">All stops</a></div></div>`,
    ]);
  }
  const actors = proof === null ? 0 : mayAct(proof);
  const latched = state === "proven" && proof !== null && !coversNobody(proof) ? html`<b>${stopSubject(stop)} is stopped.</b>` : html`<b>${stopSubject(stop)}: stop is stored.</b>`;
  return stopDocument({ title: `${stopHeadline(told)} ${stop.name}`, back, state: { name: state, course: state === "proven" ? "settled" : "open", readAt: now } }, [
    html`<div class="card"><div class="latch">${STOPPED_SHAPE}<span>${latched} Latched until two people release it.</span></div>
<div class="in${state === "not_proven" && " no"}"><h1>${stopHeadline(told)}</h1><p>Stored ${clockTenth(told.engagedAt)} UTC by ${stop.engagedBy}, ${formatRelative(stop.engagedAt, now)}. ${stopSentence(told)}${stop.reason !== null && html` Reason: ${stop.reason}`}</p>${proof !== null && segments(proof)}${state === "not_proven" && actors > 0 && html`<p class="row"><a class="btn" href="${paths.stopKeys(stop.id)}">${actors === 1 ? "Revoke its key" : "Revoke their keys"}</a></p>`}</div>
${proof !== null && allPoints(proof) > 0 && points(proof, told, now)}
${telemetry(stop, now)}
<div class="in row"><a class="btn" href="${paths.stop({ stop: stop.id })}">Look again</a><a class="btn" href="${paths.stopOf(stop.id)}">Open this stop</a>${agentId !== null && html`<a class="btn" href="${paths.agent(agentId)}">Open ${agentId}</a>`}</div></div>`,
  ]);
}

/** Whoever named them had no page in mind that is read over a bad line. */
function withShortNames({ stop, proof, now }: StoredPage): StoredPage {
  const reason = stop.reason === null ? null : cut(stop.reason, LONGEST_REASON);
  const points = proof?.points.map((each) => ({ ...each, name: cut(each.name) })) ?? [];
  return { stop: { ...stop, name: cut(stop.name), reason, engagedBy: cut(stop.engagedBy), releasedBy: stop.releasedBy && cut(stop.releasedBy) }, proof: proof && { ...proof, points }, now };
}

function segments(proof: ShownProof): Html {
  const all = allPoints(proof);
  if (all === 0) return html``;
  const parts: [string, number][] = [["y", proof.confirmed], ["c", proof.closed], ["m", proof.missing]];
  const bars = parts.map(([kind, count]) => (all > MOST_SEGMENTS ? `<i class="${kind}" style="flex:${count}"></i>`.repeat(count > 0 ? 1 : 0) : `<i class="${kind}"></i>`.repeat(count))).join("");
  return html`<div class="seg" role="img" aria-label="${proof.confirmed} of ${all} confirmed, ${proof.closed} closed, ${proof.missing} missing">${asHtml(bars)}</div>`;
}

function point(each: ShownPoint, told: ToldStop, now: Date): Html {
  const isSettled = each.state === "confirmed";
  return html`<li${asHtml(isSettled ? "" : ' class="att"')}>${isSettled ? html`<span>${each.name}</span>` : html`<b>${each.name}</b>`}<span class="old">${pointWords(each, told.engagedAt, now.toISOString())}</span></li>`;
}

function points(proof: ShownProof, told: ToldStop, now: Date): Html {
  const shown = fitting(proof.points.slice(0, MOST_POINTS).map((each) => point(each, told, now)), BYTES_OF_POINTS);
  const more = allPoints(proof) - shown.length;
  return html`<ul class="list" aria-label="Enforcement points">${shown}${more > 0 && html`<li class="old">and ${formatCount(more, "more point", "more points")}</li>`}</ul>`;
}

function fitting(parts: readonly Html[], bytes: number): Html[] {
  let taken = 0;
  return parts.filter(({ markup }) => (taken += Buffer.byteLength(markup)) <= bytes);
}

function heard({ id, lastSeenAt, isHeardSince }: HeardAgent, now: Date): Html {
  const words = lastSeenAt === null ? html`<span class="old">never heard</span>` : isHeardSince
    ? html`<span class="since">last heard ${formatRelative(lastSeenAt, now)}, after the stop</span>`
    : html`<span class="old">last heard ${formatRelative(lastSeenAt, now)}, before the stop</span>`;
  return html`<li><a href="${paths.runs({ agent: id })}">${id}</a>${words}</li>`;
}

/** Telemetry says that an agent still works at something, and proves nothing. */
function telemetry(stop: EngagedStop, now: Date): Html {
  const shown = stop.heard.slice(0, MOST_HEARD);
  const more = stop.agents - shown.length;
  return html`<details><summary>${formatCount(stop.agents, "agent")} covered, ${stop.heardSince === 0 ? "none" : formatCount(stop.heardSince, "of them", "of them")} heard since</summary>
<p class="note">Heard means that telemetry came. An agent that is heard after the stop still works at something. Silence does not show that it has ended.</p>
<ul class="list">${shown.map((agent) => heard(agent, now))}${more > 0 && html`<li class="old">and ${formatCount(more, "more agent", "more agents")}</li>`}</ul></details>`;
}
