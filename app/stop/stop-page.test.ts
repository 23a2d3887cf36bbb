import { describe, expect, test } from "vitest";
import type { PersonActor } from "@/lib/domain/roles.ts";
import type { StopChoice } from "@/lib/queries/stop-choices.ts";
import type { EngagedStop } from "@/lib/queries/stops.ts";
import { choosePage } from "./choose-page.ts";
import { refusedPage } from "./refused-page.ts";
import { storedPage } from "./stored-page.ts";

const now = new Date("2026-11-21T02:21:05Z");
const onCall: PersonActor = { kind: "person", id: "pe_1", name: "Ana Ruiz", roles: ["on_call"], owns: {} };
const viewer: PersonActor = { ...onCall, roles: ["viewer"] };
const longest = "x".repeat(63);
const choice = (scope: StopChoice["scope"], target: string, more: Partial<StopChoice> = {}): StopChoice => ({
  scope, target, name: target || "the whole fleet", agentId: scope === "agent" || scope === "tool" ? (target.split("/")[0] ?? null) : null, versionNumber: null, effect: null, isEngaged: false,
  agents: 1, withWriteTools: 1, activeRuns: 2, ...more,
});
/** As many as a page can show, with names as long as they may be. */
const most = [
  choice("agent", longest), choice("version", "av_0123456789abcdef", { versionNumber: 412, agentId: longest }),
  ...Array.from({ length: 8 }, (_, n) => choice("tool", `${longest}/${"y".repeat(199)}${n}`, { effect: "irreversible" })), choice("tier", "2"), choice("fleet", ""),
];
const stored: EngagedStop = {
  id: "st_1", scope: "fleet", target: "", name: "the whole fleet", agentId: null, reason: "r".repeat(1_000), engagedBy: "Ana Ruiz", engagedAt: new Date("2026-11-21T02:21:00Z"), release: null, releasedBy: null, releasedAt: null,
  agents: 1_000, heardSince: 40, heard: Array.from({ length: 40 }, (_, n) => ({ id: `${longest.slice(2)}${n}`, lastSeenAt: now, isHeardSince: true })),
};
const choose = (more: Partial<Parameters<typeof choosePage>[0]> = {}) => choosePage({ actor: onCall, choices: most, chosen: `agent:${longest}`, agentId: longest, otherAgents: 999, search: "", missing: null, ...more });

describe("the stop page", () => {
  test.each([["choosing", choose()], ["choosing among all", choose({ chosen: null, agentId: null, missing: "There is no agent x." })], ["stored", storedPage(stored, now)], ["refused", refusedPage({ message: "m".repeat(500), form: new FormData() })]])(
    "%s stays under 20 kB with its styles, even with the longest names, and fetches nothing", (_what, page) => {
      expect(Buffer.byteLength(page)).toBeLessThan(20_000);
      expect(page).not.toMatch(/<link rel="stylesheet"|<script src|<img|@import|url\(/);
    },
  );

  test("the way in is chosen, and the button names what it stops", () => {
    const page = choose({ choices: [choice("agent", "refund-bot"), choice("fleet", "")], chosen: "agent:refund-bot" });
    expect(page).toContain('value="agent:refund-bot" required checked>');
    expect(page.match(/ checked>/g)).toHaveLength(1);
    expect(page).toContain("Stop refund-bot now");
    expect(page).toContain("<h1>Stop refund-bot?</h1>");
  });

  test("who may not stop reads why and has no button", () => {
    const page = choose({ actor: viewer });
    expect(page.match(/ disabled aria-describedby="why">/g)).toHaveLength(most.length);
    expect(page).toContain("Only the agent&#39;s business owner, technical owner, model steward, an operator, someone on call or an administrator may engage a kill switch.");
    expect(page).not.toContain('class="stop"');
  });

  test("an owner may stop what is theirs only", () => {
    const owner: PersonActor = { ...viewer, roles: [], owns: { "refund-bot": ["business_owner"] } };
    const page = choose({ actor: owner, choices: [choice("agent", "refund-bot"), choice("fleet", "")], chosen: "agent:refund-bot" });
    expect(page).toContain('value="agent:refund-bot" required checked>');
    expect(page).toContain('value="fleet" required disabled aria-describedby="why">');
    expect(page).toContain("You may not stop what is greyed out.");
  });

  test("says what is stored, what was heard, and never that anything is proven", () => {
    const one: EngagedStop = { ...stored, scope: "agent", target: "refund-bot", name: "refund-bot", agents: 3, heardSince: 1, reason: null, heard: [
      { id: "refund-bot", lastSeenAt: new Date("2026-11-21T02:21:03Z"), isHeardSince: true }, { id: "crm-bot", lastSeenAt: new Date("2026-11-21T02:01:00Z"), isHeardSince: false }, { id: "new-bot", lastSeenAt: null, isHeardSince: false },
    ] };
    const page = storedPage(one, new Date("2026-11-21T02:21:15Z"));
    expect(page).toContain("<h1>Stop is stored.</h1><p>Agents that ask are refused from now on.</p>");
    expect(page).toContain("last heard 12 s ago, after the stop");
    expect(page).toContain("last heard 20 min ago, before the stop");
    expect(page).toContain("never heard");
    expect(page).not.toMatch(/proven|confirmed/i);
    expect(storedPage({ ...one, releasedAt: now, releasedBy: "Ben" }, now)).toContain("This stop was released.");
  });

  test("names of agents and tools stay text", () => {
    const name = `"><script>alert(1)</script>`;
    const pages = [choose({ choices: [choice("tool", `refund-bot/${name}`)], chosen: `tool:refund-bot/${name}`, search: name, missing: name }), storedPage({ ...stored, name, reason: name, engagedBy: name }, now)];
    const form = new FormData();
    form.set("scope", `agent:${name}`);
    for (const page of [...pages, refusedPage({ message: name, form })]) {
      expect(page).not.toContain("<script>alert");
      expect(page).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    }
  });

  test("what could not be stored can be sent again with one press", () => {
    const form = new FormData();
    form.set("scope", "agent:refund-bot");
    const page = refusedPage({ message: "The database cannot be reached.", form });
    expect(page).toContain("The stop is not stored.");
    expect(page).toContain('name="scope" value="agent:refund-bot"');
    expect(page).toContain("Try again: stop refund-bot now");
  });
});
