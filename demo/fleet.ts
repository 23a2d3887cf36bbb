// The six agents of the demo.

import { accessDesk } from "./agents/access-desk.ts";
import { crmSync } from "./agents/crm-sync.ts";
import type { DemoAgent } from "./agents/demo-agent.ts";
import { invoiceMatch } from "./agents/invoice-match.ts";
import { refundBot } from "./agents/refund-bot.ts";
import { researchScout } from "./agents/research-scout.ts";
import { runbookRunner } from "./agents/runbook-runner.ts";

export const FLEET: readonly [DemoAgent, ...DemoAgent[]] = [refundBot, accessDesk, crmSync, invoiceMatch, runbookRunner, researchScout];
