import { z } from "zod";
import { onStopPool } from "@/lib/database/stop-pool.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { agentInScope, type ScopedStop } from "@/lib/domain/stop-scope.ts";
import { NotFound, NotPossible } from "@/lib/errors.ts";
import { describeError, logger } from "@/lib/logger.ts";
import { engageStop } from "@/lib/operations/stops.ts";
import { paths } from "@/lib/paths.ts";
import { plainForm, plainPage, type PlainCall } from "@/lib/plain-page.ts";
import { findAskedStop, listStopChoices } from "@/lib/queries/stop-choices.ts";
import { getStopPath } from "@/lib/queries/stop-path.ts";
import { findShownStop } from "@/lib/queries/stops-shown.ts";
import { findStop } from "@/lib/queries/stops.ts";
import { choosePage } from "./choose-page.ts";
import { refusedPage } from "./refused-page.ts";
import { storedPage } from "./stored-page.ts";

const wordOf = (search: URLSearchParams, name: string): string | null => search.get(name)?.replaceAll("\u0000", "").slice(0, 400) || null;

/** What stands beside the main thing must not keep it from being shown. */
async function orNull<Read>(read: Promise<Read>): Promise<Read | null> {
  try {
    return await read;
  } catch (error) {
    logger().error(describeError(error), "the stop page does without a part");
    return null;
  }
}

async function show({ actor, search, now }: PlainCall): Promise<string> {
  const stopId = wordOf(search, "stop");
  if (stopId !== null) {
    const [stop, shown] = await Promise.all([findStop(stopId), orNull(findShownStop(stopId, now))]);
    if (!stop) throw new NotFound("There is no such stop.");
    return storedPage({ stop, proof: shown?.proof ?? null, now });
  }
  const wanted = await findAskedStop({ scope: wordOf(search, "scope"), about: wordOf(search, "about") });
  const sought = wordOf(search, "q") ?? "";
  const [choices, path] = await Promise.all([listStopChoices(wanted, sought, now), orNull(getStopPath(now))]);
  const permitted = await orNull(permits(actor, choices.agentId, { engage: "stop:engage" }, now));
  return choosePage({ ...choices, actor, search: sought, refusal: permitted?.engage.ok === false ? permitted.engage.reason : null, missing: missingOf(wordOf(search, "scope"), wanted, choices.chosen), path, now });
}

function missingOf(written: string | null, wanted: ScopedStop | null, chosen: string | null): string | null {
  if (chosen !== null || (written === null && wanted === null)) return null;
  const agentId = wanted === null ? null : agentInScope(wanted);
  return `${agentId === null ? "What this page was opened for is not here" : `There is no agent ${agentId}`}. Choose what to stop.`;
}

const stopForm = z.object({
  scope: z.string().max(400).nullable().default(null),
  /** The page whose agent is meant, for who presses before that agent is known. */
  about: z.string().max(400).nullable().default(null),
  reason: z.string().trim().max(1_000).nullable().default(null),
});

async function engage(actor: PersonActor, { reason, ...asked }: z.output<typeof stopForm>): Promise<string> {
  const stop = await findAskedStop(asked);
  if (!stop) throw new NotPossible("Choose what to stop.");
  const { stopId } = await engageStop(actor, { ...stop, reason });
  return paths.stop({ stop: stopId });
}

const toPage = plainPage("agent:read", refusedPage, show);
const fromForm = plainForm(stopForm, refusedPage, engage);
const fromSheet = plainForm(stopForm, ({ message }) => JSON.stringify({ error: message }), engage);

/** The sheet sends what the form sends, and is answered in JSON as soon as the latch is stored; what the stop has reached it asks afterwards. */
function answerSheet(answer: Response): Response {
  const headers = { "cache-control": "no-store" };
  const location = answer.headers.get("location");
  if (location === null) return new Response(answer.body, { status: answer.status, headers: { ...headers, "content-type": "application/json" } });
  const stopId = location.startsWith(`${paths.stop()}?`) ? new URLSearchParams(location.split("?")[1]).get("stop") : null;
  if (stopId === null) return Response.json({ error: "You are signed out. Sign in, then press again." }, { status: 401, headers });
  return Response.json({ stopId }, { headers });
}

export const GET = (request: Request): Promise<Response> => onStopPool(() => toPage(request));

export const POST = (request: Request): Promise<Response> =>
  onStopPool(async () => (request.headers.get("accept") === "application/json" ? answerSheet(await fromSheet(request)) : fromForm(request)));
