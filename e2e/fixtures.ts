// What a spec starts from: people who are signed in, agents of its own, keys, and a page that is checked for accessibility.

import { randomBytes } from "node:crypto";
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";
import { encode } from "next-auth/jwt";
import { agentCardSchema, type AgentCard } from "../lib/domain/agent-card.ts";
import type { Manifest } from "../lib/domain/manifest.ts";
import type { HouseRole, OwnerRole, PersonActor } from "../lib/domain/roles.ts";
import { assignOwners, createAgent } from "../lib/operations/agents.ts";
import { createApiKey } from "../lib/operations/api-keys.ts";
import { approveChange, recordSuiteResult } from "../lib/operations/changes.ts";
import { waiveRollout } from "../lib/operations/promote-rollout.ts";
import { createPerson, systemActor } from "../lib/operations/people.ts";
import { refreshAuthority } from "../lib/operations/refresh-authority.ts";
import { registerVersion, registrationSchema, type Registered } from "../lib/operations/versions.ts";
import { prisma } from "../lib/database/database.ts";
import { findPersonActor } from "../lib/queries/people.ts";
import { axeFindings } from "./axe-findings.ts";
import { openPage } from "./open-page.ts";

const unique = () => randomBytes(4).toString("hex");

export interface TestPerson {
  id: string;
  name: string;
  email: string;
  actor: () => Promise<PersonActor>;
}

export async function makePerson(name: string, houseRoles: HouseRole[] = ["viewer"], password?: string): Promise<TestPerson> {
  const email = `${name.toLowerCase().replace(/\W+/g, ".")}.${unique()}@example.test`;
  const id = await createPerson(systemActor, { name, email, houseRoles, ...(password ? { password } : {}) });
  return {
    id, name, email,
    actor: async () => {
      const actor = await findPersonActor(id, null, new Date());
      if (!actor) throw new Error("the person is gone");
      return actor;
    },
  };
}

export type Team = Record<OwnerRole, TestPerson> & { author: TestPerson };

export const completeCard: AgentCard = agentCardSchema.parse({
  team: "Payments", purpose: "Decides refunds for the web shop.",
  boundary: { may: ["Refund up to 150 EUR"], mustNever: ["Change an order"], mustEscalateWhen: ["Legal words"], doneMeans: ["Ticket answered"] },
  inputs: ["Ticket"], tools: ["order_get", "refund_create"], dataSources: ["Orders"], escalationContact: "payments-desk@example.test",
  onCallRotation: "Payments, weekly", runbook: "Stop the agent, then call the desk.", monthlyBudget: { amountMinor: 45_000, currency: "EUR" },
  pact: [{ metric: "action_error_rate", bound: "at_most", value: 0.02, windowDays: 7 }],
});

export const manifestOf = (changes: Partial<Manifest> = {}): Manifest => ({
  label: "1.0", model: { provider: "openai", name: "gpt-4.1" }, prompt: "You handle refunds for the web shop.\nRefund at most 150 EUR yourself.",
  tools: [
    { name: "order_get", description: "Reads an order.", inputSchema: { type: "object", properties: { order: { type: "string" } }, required: ["order"] }, effect: "read" },
    {
      name: "refund_create", description: "Pays back.", effect: "write", system: "payments",
      inputSchema: { type: "object", properties: { order: { type: "string" }, amount: { type: "number", maximum: 150 } }, required: ["order", "amount"] },
    },
  ],
  ...changes,
});

export interface TestAgent {
  id: string;
  team: Team;
  register: (manifest: Manifest, author?: TestPerson) => Promise<Registered>;
  /** Every suite passed, every owner approved. */
  approve: (changeId: string) => Promise<void>;
  /** Where the approved change asks for a canary: two owners waive it, and the version is current. */
  skipRollout: (changeId: string) => Promise<void>;
  key: (scopes?: ("telemetry" | "versions" | "outcomes" | "authority")[]) => Promise<string>;
}

/** An agent of the spec's own: complete card, three owners, tier 2, a first version approved and raised to the stage partial. `isBare`: only card and owners. */
export async function makeAgent(options: { card?: AgentCard; isBare?: boolean } = {}): Promise<TestAgent> {
  const id = `agent-${unique()}`;
  const team: Team = {
    business_owner: await makePerson("Ingrid Holm", []), technical_owner: await makePerson("Priya Nair", []),
    model_steward: await makePerson("Daniel Okafor", []), author: await makePerson("Tomás Vega", ["operator"]),
  };
  await createAgent(systemActor, { agentId: id, card: options.card ?? completeCard });
  const roles = ["business_owner", "technical_owner", "model_steward"] as const;
  await assignOwners({ ...(await team.author.actor()), roles: ["administrator"] }, { agentId: id, owners: roles.map((role) => ({ role, personId: team[role].id, isDeputy: false, deputyUntil: null })) });
  const agent: TestAgent = {
    id, team,
    register: (manifest, author = team.author) =>
      registerVersion(systemActor, registrationSchema.parse({ agentId: id, manifest, source: "api", author: author.email })),
    approve: async (changeId) => {
      const change = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
      const steward = await team.model_steward.actor();
      for (const suite of change.kind === "version" ? (["golden", "regression", "red_team"] as const) : []) {
        await recordSuiteResult(steward, { changeId, suite, fingerprint: change.fingerprint, passed: 60, failed: 0, undecided: 0, url: null });
      }
      for (const role of roles) {
        const { state } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
        if (state === "open") await approveChange(await team[role].actor(), { changeId, fingerprint: change.fingerprint, comment: null }).catch(() => undefined);
      }
    },
    skipRollout: async (changeId) => {
      const planned = await prisma().rollout.findUnique({ where: { changeId } });
      if (!planned) return;
      for (const role of ["business_owner", "technical_owner"] as const) await waiveRollout(await team[role].actor(), { rolloutId: planned.id, revision: planned.revision, reason: "Not for this spec." });
    },
    key: async (scopes = ["telemetry", "versions", "outcomes", "authority"]) =>
      (await createApiKey(systemActor, { name: "spec", agentIds: [id], scopes, personId: null })).secret,
  };
  if (options.isBare) return agent;
  await prisma().agent.update({ where: { id }, data: { tier: 2, tierSetAt: new Date(), tierSetBy: team.business_owner.name } });
  const { change } = await agent.register(manifestOf());
  if (change) await agent.approve(change.id);
  // Proposed and approved step by step it would take as long as most specs do.
  await prisma().$transaction(async (tx) => {
    await tx.agent.update({ where: { id }, data: { stage: "partial", stageSince: new Date() } });
    await refreshAuthority(tx, id, new Date());
  });
  return agent;
}

/** Writes the session cookie: no sign-in form in every spec. */
async function signIn(context: BrowserContext, person: TestPerson): Promise<void> {
  const secret = process.env.HOLDPOINT_SECRET ?? "";
  const value = await encode({ token: { personId: person.id, sessionVersion: 1 }, secret, maxAge: 3_600 });
  await context.addCookies([{ name: "next-auth.session-token", value, url: process.env.E2E_URL ?? "", httpOnly: true, sameSite: "Lax" }]);
}

const RULES = { type: "tag" as const, values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const COLOUR_RULES = { type: "rule" as const, values: ["color-contrast", "link-in-text-block"] };

/** Accessibility, and no horizontal scroll. */
export async function expectGoodPage(page: Page): Promise<void> {
  // While the next page comes there is none for a moment.
  await expect(page).toHaveTitle(/./);
  expect(await axeFindings(page, RULES)).toEqual([]);
  await expectNoSidewaysScroll(page);
}

/** All of it in the scheme of this width, and the colours in the other one. */
export async function expectGoodInBothSchemes(page: Page): Promise<void> {
  await expectGoodPage(page);
  await expectGoodInOtherScheme(page);
}

/** The scheme in which the specs of this width do not look at pages: only its colours differ. */
async function expectGoodInOtherScheme(page: Page): Promise<void> {
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  await page.emulateMedia({ colorScheme: isDark ? "light" : "dark" });
  expect(await axeFindings(page, COLOUR_RULES)).toEqual([]);
  await page.emulateMedia({ colorScheme: isDark ? "dark" : "light" });
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}

interface Fixtures {
  makePerson: typeof makePerson;
  makeAgent: typeof makeAgent;
  signInAs: (person: TestPerson) => Promise<void>;
  /** A browser window of that person's own, beside the others of the spec. */
  openAs: (person: TestPerson, path: string) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => use(process.env.E2E_URL ?? ""),
  makePerson: async ({}, use) => use(makePerson),
  makeAgent: async ({}, use) => use(makeAgent),
  signInAs: async ({ context }, use) => use((person) => signIn(context, person)),
  openAs: async ({ browser }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (person, path) => {
      const context = await browser.newContext();
      contexts.push(context);
      await signIn(context, person);
      const page = await context.newPage();
      await openPage(page, path);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect };
