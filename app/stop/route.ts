import { z } from "zod";
import { agentInScope, parseStopScope, type ScopedStop } from "@/lib/domain/stop-scope.ts";
import { NotFound } from "@/lib/errors.ts";
import { engageStop } from "@/lib/operations/stops.ts";
import { paths } from "@/lib/paths.ts";
import { plainForm, plainPage, type PlainCall } from "@/lib/plain-page.ts";
import { findAgentAbout, listStopChoices } from "@/lib/queries/stop-choices.ts";
import { findStop } from "@/lib/queries/stops.ts";
import { choosePage } from "./choose-page.ts";
import { refusedPage } from "./refused-page.ts";
import { storedPage } from "./stored-page.ts";

const wordOf = (search: URLSearchParams, name: string): string | null => search.get(name)?.replaceAll("\u0000", "").slice(0, 400) || null;

async function asked(search: URLSearchParams): Promise<ScopedStop | null> {
  const about = wordOf(search, "about");
  const agentId = about === null ? null : await findAgentAbout(about);
  return agentId === null ? parseStopScope(wordOf(search, "scope") ?? "") : { scope: "agent", target: agentId };
}

async function show({ actor, search, now }: PlainCall): Promise<string> {
  const stopId = wordOf(search, "stop");
  if (stopId !== null) {
    const stop = await findStop(stopId);
    if (!stop) throw new NotFound("There is no such stop.");
    return storedPage(stop, now);
  }
  const wanted = await asked(search);
  const sought = wordOf(search, "q") ?? "";
  const choices = await listStopChoices(wanted, sought, now);
  return choosePage({ ...choices, actor, search: sought, missing: missingOf(wordOf(search, "scope"), wanted, choices.chosen) });
}

function missingOf(written: string | null, wanted: ScopedStop | null, chosen: string | null): string | null {
  if (chosen !== null || (written === null && wanted === null)) return null;
  const agentId = wanted === null ? null : agentInScope(wanted);
  return `${agentId === null ? "What this page was opened for is not here" : `There is no agent ${agentId}`}. Choose what to stop.`;
}

const stopForm = z.object({
  scope: z.string("Choose what to stop.").transform((text, context): ScopedStop => {
    const stop = parseStopScope(text);
    if (stop) return stop;
    context.addIssue({ code: "custom", message: "Choose what to stop." });
    return z.NEVER;
  }),
  reason: z.string().trim().max(1_000).nullable().default(null),
});

export const GET = plainPage("agent:read", refusedPage, show);

export const POST = plainForm(stopForm, refusedPage, async (actor, { scope, reason }) => {
  const { stopId } = await engageStop(actor, { ...scope, reason });
  return paths.stop({ stop: stopId });
});
