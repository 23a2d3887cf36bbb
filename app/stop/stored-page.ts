import { formatClock, formatCount, formatRelative, formatUtc } from "@/lib/format.ts";
import { html, type Html } from "@/lib/html.ts";
import { agentInScope } from "@/lib/domain/stop-scope.ts";
import { paths } from "@/lib/paths.ts";
import type { EngagedStop, HeardAgent } from "@/lib/queries/stops.ts";
import { backTo, stopDocument, STOPPED_SHAPE } from "./stop-frame.ts";

function heard({ id, lastSeenAt, isHeardSince }: HeardAgent, now: Date): Html {
  const words = lastSeenAt === null ? html`<span class="old">never heard</span>` : isHeardSince
    ? html`<span class="since">last heard ${formatRelative(lastSeenAt, now)}, after the stop</span>`
    : html`<span class="old">last heard ${formatRelative(lastSeenAt, now)}, before the stop</span>`;
  return html`<li><a href="${paths.runs({ agent: id })}">${id}</a>${words}</li>`;
}

function whatAgentsAreTold(stop: EngagedStop): string {
  if (stop.scope !== "tool") return "Agents that ask are refused from now on.";
  return `Agents that ask are told from now on that ${stop.name} is stopped.`;
}

/** Says what is stored and what was heard; whether an agent obeys, Holdpoint cannot know from that. */
export function storedPage(stop: EngagedStop, now: Date): string {
  const agentId = agentInScope(stop);
  const back = backTo(agentId);
  if (stop.releasedAt !== null) {
    return stopDocument("Released", back, [
      html`<div class="card"><div class="in"><h1>This stop was released.</h1><p>It covered ${stop.name}. Released by ${stop.releasedBy}, ${formatUtc(stop.releasedAt)}. Nothing was restarted by that.</p></div><div class="in row"><a class="btn" href="${paths.stops()}">All stops</a></div></div>`,
    ]);
  }
  const more = stop.agents - stop.heard.length;
  return stopDocument(`Stop is stored: ${stop.name}`, back, [
    html`<div class="card"><div class="latch">${STOPPED_SHAPE}<span><b>${stop.name}</b>: latched until two people release it.</span></div>
<div class="in"><h1>Stop is stored.</h1><p>${whatAgentsAreTold(stop)}</p><p>Stored at ${formatClock(stop.engagedAt)} UTC by ${stop.engagedBy}, ${formatRelative(stop.engagedAt, now)}.${stop.reason !== null && html` Reason: ${stop.reason}`}</p></div>
<div class="in"><h2>${formatCount(stop.agents, "agent")} covered, ${stop.heardSince === 0 ? "none" : formatCount(stop.heardSince, "of them", "of them")} heard since</h2>
<p>Heard means that telemetry came. An agent that is heard after the stop still works at something: look at what it does. Silence does not show that it has ended.</p></div>
<ul class="list">${stop.heard.map((agent) => heard(agent, now))}${more > 0 && html`<li class="old">and ${formatCount(more, "more agent", "more agents")}</li>`}</ul>
<div class="in row"><a class="btn" href="${paths.stop({ stop: stop.id })}">Look again</a><a class="btn" href="${paths.stops()}">All stops, and release</a>${agentId !== null && html`<a class="btn" href="${paths.agent(agentId)}">Open ${agentId}</a>`}</div></div>`,
  ]);
}
