import { THEME_SCRIPT } from "@/components/layout/theme-script.ts";
import { env } from "@/lib/env.ts";
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

/** Asks for the page again and puts in what it says now: without the reload that a page without scripts needs, and without losing the place. */
const FOLLOW = asHtml(
  `<script>(function again(){setTimeout(async()=>{try{const d=new DOMParser().parseFromString(await(await fetch(location.href)).text(),"text/html"),m=d.querySelector("main[data-state]");if(m){document.querySelector("main").replaceWith(m);document.title=d.title}}catch{}if(document.querySelector("main[data-follow]"))again()},1000)})()</script>`,
);

interface StopDocument {
  title: string;
  back: { href: string; label: string };
  style?: Html | null;
  /** What the page says will change by itself: it is asked for again. */
  state?: { name: string; isOpen: boolean } | null;
}

/** The whole document around what the page says. */
export function stopDocument({ title, back, style = null, state = null }: StopDocument, content: readonly Html[]): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="robots" content="noindex">
${state?.isOpen === true && asHtml('<noscript><meta http-equiv="refresh" content="2"></noscript>')}<title>${title} · Holdpoint</title><link rel="icon" href="data:,"><script>${asHtml(THEME_SCRIPT)}</script><style>${asHtml(STOP_STYLE)}${style}</style></head>
<body><header class="top"><b>${BRAND}Holdpoint</b><span class="env">${env().environmentName}</span><a href="${back.href}">${back.label}</a></header>
<main${state !== null && html` data-state="${state.name}"${asHtml(state.isOpen ? " data-follow" : "")}`}>${content}</main>${state?.isOpen === true && FOLLOW}</body></html>`.markup;
}

export const backTo = (agentId: string | null): { href: string; label: string } =>
  agentId === null ? { href: paths.home(), label: "Back" } : { href: paths.agent(agentId), label: "Back" };
