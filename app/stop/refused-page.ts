import { parseStopScope, stopName } from "@/lib/domain/stop-scope.ts";
import { html } from "@/lib/html.ts";
import { paths } from "@/lib/paths.ts";
import { backTo, stopDocument, STOP_ICON } from "./stop-frame.ts";

/** Reads nothing from the database, which may be what is away. What was chosen can be sent again with one press. */
export function refusedPage({ message, form, isOutcomeKnown = true }: { message: string; form: FormData | null; isOutcomeKnown?: boolean }): string {
  const sent = form?.get("scope");
  const scope = typeof sent === "string" ? sent.slice(0, 400) : "";
  const stop = parseStopScope(scope);
  const again = stop
    ? html`<form class="act" method="post" action="${paths.stop()}"><input type="hidden" name="scope" value="${scope}"><span class="plate"><button class="stop">${STOP_ICON}<span>Try again: stop ${stopName(stop)} now</span></button></span></form>`
    : html`<div class="in row"><a class="btn" href="${paths.stop()}">Choose what to stop</a></div>`;
  const heading = form === null ? "This page cannot be shown." : isOutcomeKnown ? "The stop is not stored." : "Whether the stop is stored is not known. To press again does no harm.";
  return stopDocument({ title: isOutcomeKnown ? "Not stored" : "Not known", back: backTo(null) }, [
    html`<div class="card"><div class="no" role="alert"><h1>${heading}</h1><p>${message}</p></div>
<div class="in"><p>Until a stop is stored nobody is refused because of it. If it cannot wait, end the agent where it runs, or take its credentials away.</p></div>${again}</div>`,
  ]);
}
