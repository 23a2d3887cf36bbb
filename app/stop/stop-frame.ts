import { THEME_SCRIPT } from "@/components/layout/theme-script.ts";
import { env } from "@/lib/env.ts";
import { formatClock } from "@/lib/format.ts";
import { asHtml, html, type Html } from "@/lib/html.ts";
import { paths } from "@/lib/paths.ts";
import { STOP_STYLE } from "./stop-style.ts";

const BRAND = asHtml(
  '<svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M2 10h3.5M14.5 10H18M10 2.2v3.6M10 14.2v3.6"/><circle cx="10" cy="10" r="4.2"/></svg>',
);
const OCTAGON = "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z";

export const STOP_ICON = asHtml(
  `<svg width="20" height="20" viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true"><path d="${OCTAGON}" stroke-width="1.6" stroke-linejoin="round"/><path d="M5.2 8h5.6" stroke-width="2" stroke-linecap="round"/></svg>`,
);
export const STOPPED_SHAPE = asHtml(`<svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true"><path d="${OCTAGON}"/></svg>`);

/**
 * Asks for the page again and puts in what it says now: without the reload that a page without scripts needs, and without losing the place. No question waits longer than 3 s. What was not
 * answered for 10 s is marked as old; and it goes on when the stop is proven, because a proof may be contradicted and a stop released.
 */
const FOLLOW = asHtml(`<script>(()=>{
const q=s=>document.querySelector(s),places=()=>[...document.querySelectorAll("main a,summary")];
let heard=Date.now(),isOut=false;
setInterval(()=>{
const age=Math.round((Date.now()-heard)/1e3),at=q("#asof"),box=q("#old");
if(!at||age<10)return;
q("main").dataset.stale="";
at.textContent=at.dataset.at+" UTC, "+age+" s old.";
const words=(isOut?"You are signed out. Look again to sign in.":"Holdpoint does not answer.")+" What stands below is as of "+at.dataset.at+" UTC.";
if(box.textContent!==words)box.textContent=words},1e3);
const ask=async()=>{
try{const r=await fetch(location.href,{signal:AbortSignal.timeout(3e3)}),page=new DOMParser().parseFromString(await r.text(),"text/html"),main=page.querySelector("main[data-state]");
isOut=r.redirected&&!main;
if(r.ok&&main){
const place=places().indexOf(document.activeElement),isOpen=q("details[open]");
heard=Date.now();q("#old").textContent="";
q("main").replaceWith(main);document.title=page.title;
if(isOpen&&q("details"))q("details").open=true;
places()[place]?.focus({preventScroll:true})}
}catch{}
follow()};
const follow=()=>{const s=q("main").dataset.follow;if(s)setTimeout(ask,s*1e3)};
follow()})()</script>`);

/** How often it is asked for again while it is not settled, and afterwards, in seconds; without scripts half as often, as each reload loses the place. */
const FOLLOW_S = { open: 1, settled: 5 };

interface StopDocument {
  title: string;
  back: { href: string; label: string };
  style?: Html | null;
  /** What the page says may change by itself: it is asked for again, seldom once it is `settled` and never once it is `over`. `readAt`: what it says is from then. */
  state?: { name: string; course: "open" | "settled" | "over"; readAt: Date } | null;
}

/** The whole document around what the page says. */
export function stopDocument({ title, back, style = null, state = null }: StopDocument, content: readonly Html[]): string {
  const follow = state === null || state.course === "over" ? null : FOLLOW_S[state.course];
  const at = state === null ? "" : formatClock(state.readAt);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="robots" content="noindex">
${follow !== null && asHtml(`<noscript><meta http-equiv="refresh" content="${follow * 2}"></noscript>`)}<title>${title} · Holdpoint</title><link rel="icon" href="data:,"><script>${asHtml(THEME_SCRIPT)}</script><style>${asHtml(STOP_STYLE)}${style}</style></head>
<body><header class="top"><b>${BRAND}Holdpoint</b><span class="env">${env().environmentName}</span><a href="${back.href}">${back.label}</a></header>
<p id="old" role="alert"></p><main${state !== null && html` data-state="${state.name}"${follow !== null && asHtml(` data-follow="${follow}"`)}`}>${content}${follow !== null && html`<p class="asof">As of <span id="asof" data-at="${at}">${at} UTC.</span></p>`}</main>${follow !== null && FOLLOW}</body></html>`.markup;
}

export const backTo = (agentId: string | null): { href: string; label: string } =>
  agentId === null ? { href: paths.home(), label: "Back" } : { href: paths.agent(agentId), label: "Back" };
