import { consoleRoute } from "@/lib/console-route.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { findAskedStop, listStopChoices } from "@/lib/queries/stop-choices.ts";

/** In a sheet that is asked to find an agent, more fit than on the plain page. */
const AGENTS_SHOWN = 24;

const word = (search: URLSearchParams, name: string): string | null => search.get(name)?.replaceAll("\u0000", "").slice(0, 400) || null;

/** What a stop would meet from where the reader is, and what this person may stop. */
export const GET = consoleRoute("agent:read", async ({ actor, search, now }) => {
  const asked = await findAskedStop({ scope: word(search, "scope"), about: word(search, "about") });
  const { choices, ...around } = await listStopChoices(asked, word(search, "q") ?? "", now, AGENTS_SHOWN);
  // The sentence is the same for every choice; those who may stop any of them are asked.
  const { engage } = await permits(actor, around.agentId, { engage: "stop:engage" }, now);
  return {
    ...around,
    choices: choices.map((choice) => {
      const answer = may(actor, "stop:engage", choice.agentId);
      return { ...choice, refusal: answer.ok ? null : engage.ok ? answer.reason : engage.reason };
    }),
  };
});
