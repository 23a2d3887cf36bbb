import { consoleRoute } from "@/lib/console-route.ts";
import { suggestPeople } from "@/lib/queries/named-people.ts";

const LONGEST = 200;

/** Who could own the agent, by part of a name or of an e-mail address. */
export const GET = consoleRoute("owners:assign", async ({ search }) => ({ people: await suggestPeople((search.get("q") ?? "").replaceAll("\u0000", "").slice(0, LONGEST)) }));
