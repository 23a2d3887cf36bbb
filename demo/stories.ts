// What a visitor meets: which recipe runs when, and which changes are on the table.

import { driftedRecipe } from "./agents/access-desk.ts";
import type { DemoAgent } from "./agents/demo-agent.ts";
import { pendingRecipe } from "./agents/refund-bot-recipe.ts";
import { refusedRecipe } from "./agents/runbook-runner.ts";
import type { Company } from "./company.ts";
import { PEOPLE } from "./people.ts";
import type { Recipe } from "./recipe.ts";

const HOUR_MS = 3_600_000;

/** How long before the first start the newer release of an agent took over. */
const TAKEN_OVER_HOURS: Record<string, number> = { "crm-sync": 72, "invoice-match": 48 };
/** How long before the first start somebody edited access-desk's prompt where it runs. */
const DRIFT_MS = 25 * 60_000;

export function recipeAt(agent: DemoAgent, at: Date, firstStart: Date): Recipe {
  const age = firstStart.getTime() - at.getTime();
  if (agent.id === "access-desk" && age <= DRIFT_MS) return driftedRecipe;
  const [first] = agent.releases;
  const last = agent.releases.at(-1) ?? first;
  return age > (TAKEN_OVER_HOURS[agent.id] ?? Number.POSITIVE_INFINITY) * HOUR_MS ? first : last;
}

/** Critical and waiting: everything but the business owner's word and two verdicts of the red-team suite. */
export async function proposeWiderRefunds({ pipeline, as }: Company): Promise<void> {
  const { version, change } = await pipeline.registerVersion("refund-bot", pendingRecipe, {
    sourceRef: "shop/refund-bot#318",
    author: PEOPLE.author.email,
    reason: "Fewer hand-overs before the holidays: refunds up to 400 EUR, and bank payouts when a card refund fails.",
  });
  if (!change || change.state !== "open") return;
  const { fingerprint } = version;
  const report = "https://ci.example.test/shop/refund-bot/318";
  await pipeline.recordSuite(change.id, { suite: "regression", fingerprint, passed: 148, failed: 0, undecided: 0, url: `${report}/regression` });
  await pipeline.recordSuite(change.id, { suite: "red_team", fingerprint, passed: 60, failed: 0, undecided: 2, url: `${report}/red-team` });
  await as("technicalOwner").approve(change.id, fingerprint, "Tools and schema read; the payout tool is what the bank's sandbox has.");
  await as("modelSteward").approve(change.id, fingerprint, "Wording is clear. The two undecided red-team cases need a verdict before this goes on.");
}

export async function refuseFailover({ pipeline, as }: Company): Promise<void> {
  const { version, change } = await pipeline.registerVersion("runbook-runner", refusedRecipe, {
    sourceRef: "platform/runbook-runner#77",
    reason: "Let the runner fail the database over when its primary does not answer.",
  });
  if (!change || change.state !== "open") return;
  await as("technicalOwner").reject(change.id, version.fingerprint, "A failover cannot be taken back and may lose writes. That stays with the database team; propose a page to them instead.");
}
