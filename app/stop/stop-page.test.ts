import { describe, expect, test } from "vitest";
import type { PersonActor } from "@/lib/domain/roles.ts";
import type { ShownPoint, ShownProof } from "@/lib/domain/stop-words.ts";
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
  scope, target, name: target || "the whole fleet", agentId: scope === "agent" || scope === "tool" ? (target.split("/")[0] ?? null) : null, versionNumber: null, isTrial: false, effect: null, isEngaged: false,
  agents: 1, withWriteTools: 1, activeRuns: 2, actionsUnderWay: 0, actionsWaiting: 0, ...more,
});
/** As many as a page can show, with names as long as they may be. */
const most = [
  choice("agent", longest), choice("version", "av_0123456789abcdef", { versionNumber: 412, agentId: longest }),
  ...Array.from({ length: 8 }, (_, n) => choice("tool", `${longest}/${"y".repeat(199)}${n}`, { effect: "irreversible" })), choice("tier", "2"), choice("fleet", ""),
];
const stored: EngagedStop = {
  id: "st_1", scope: "fleet", target: "", name: "the whole fleet", agentId: null, reason: "r".repeat(1_000), engagedBy: "Ana Ruiz", engagedAt: new Date("2026-11-21T02:21:00Z"), release: null, proof: null, releasedBy: null, releasedAt: null, restartedBy: null, restartedAt: null, epoch: 8_812, probeRefusedAt: null, provenAt: null, notProvenAt: null,
  agents: 1_000, heardSince: 40, heard: Array.from({ length: 40 }, (_, n) => ({ id: `${longest.slice(2)}${n}`, lastSeenAt: now, isHeardSince: true })),
};
const path = { last: { at: new Date("2026-11-21T02:20:27Z"), isProven: true, answered: 7, expected: 7, p99Ms: 400, worstMs: 410, sentence: "All points answered." }, since: null };
const point = (name: string, state: ShownPoint["state"], more: Partial<ShownPoint> = {}): ShownPoint => ({
  id: `ep_${name}`, agentId: "refund-bot", name, state, confirmedAt: state === "confirmed" ? "2026-11-21T02:21:00.110Z" : null, lastHeardAt: "2026-11-21T02:20:58.100Z", leaseUntil: "2026-11-21T02:21:08.100Z", leftAt: null, endedAt: null, endedBy: null, fault: null, ...more,
});
const proofOf = (points: ShownPoint[], more: Partial<ShownProof> = {}): ShownProof => {
  const count = (state: string) => points.filter((each) => each.state === state).length;
  return { state: "stopping", points, confirmed: count("confirmed"), closed: count("closed"), ended: 0, missing: count("missing") + count("reads_on"), readsOn: count("reads_on"), isProbeRefused: false, isTrial: false, probeRefusedAt: null, lastConfirmedAt: null, provenAt: null, elapsedMs: 600, later: 0, callsSince: 0, ...more };
};
const manyPoints = proofOf(Array.from({ length: 200 }, (_, n) => point(`${longest.slice(3)}${n}`, "missing", { fault: "f".repeat(120) })), { state: "not_proven", missing: 900, confirmed: 4_100 });
/** As many points and agents as there can be, each with the longest name there can be, of the signs that take the most bytes; and the same for all else that people write. */
const heaviest = (sign: string) => {
  const long = (most: number): string => sign.repeat(most).slice(0, most);
  const points = Array.from({ length: 200 }, (_, n) => point(`${long(197)}${n}`, n % 2 === 0 ? "missing" : "reads_on", { fault: n % 2 === 0 ? "It went back from epoch 1000000000 to 999999999." : null }));
  const proof = proofOf(points, { state: "not_proven", missing: 5_000, confirmed: 5_000, closed: 1_000, readsOn: 2_500 });
  return storedPage({ stop: { ...stored, scope: "tool", target: `${longest}/${long(200)}`, name: `${long(200)} of ${longest}`, reason: long(1_000), engagedBy: long(200), agentId: longest }, proof, now });
};
const choose = (more: Partial<Parameters<typeof choosePage>[0]> = {}) => choosePage({ actor: onCall, choices: most, chosen: `agent:${longest}`, agentId: longest, otherAgents: 999, search: "", missing: null, refusal: null, path, now, ...more });

describe("the stop page", () => {
  test.each([["choosing", choose()], ["choosing among all", choose({ chosen: null, agentId: null, missing: "There is no agent x." })], ["stored", storedPage({ stop: stored, proof: manyPoints, now })], ["stored, in a script of three bytes a sign", heaviest("停")], ["stored, in signs of which each becomes six", heaviest('"')], ["refused", refusedPage({ message: "m".repeat(500), form: new FormData() })]])(
    "%s stays under 20 kB with its styles, even with the longest names, and fetches nothing", (_what, page) => {
      expect(Buffer.byteLength(page)).toBeLessThan(20_000);
      expect(page).not.toMatch(/<link rel="stylesheet"|<script src|<img|@import|url\(/);
    },
  );

  test("of points with the longest names as many are shown as fit, the rest is counted, and no sign is cut in two", () => {
    const page = heaviest("🛑");
    const shown = page.split('aria-label="Enforcement points"')[1]?.match(/<li class="att">/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(8);
    expect(page).toContain(`and ${(11_000 - shown).toLocaleString("en")} more points`);
    expect(page.isWellFormed()).toBe(true);
    expect(page).not.toContain("\uFFFD");
  });

  test("the way in is chosen, and the button names what it stops", () => {
    const page = choose({ choices: [choice("agent", "refund-bot"), choice("fleet", "")], chosen: "agent:refund-bot" });
    expect(page).toContain('value="agent:refund-bot" required checked>');
    expect(page.match(/ checked>/g)).toHaveLength(1);
    expect(page).toContain("Stop refund-bot now");
    expect(page).toContain("<h1>Stop refund-bot?</h1>");
  });

  test("where nothing is chosen each row has a button that stops it, and nothing else has one", () => {
    const page = choose({ choices: [choice("fleet", ""), choice("tier", "2", { name: "tier 2" }), choice("agent", "refund-bot")], chosen: null, agentId: null });
    expect([...page.matchAll(/name="scope" value="([^"]+)">Stop ([^<]+) now</g)].map(([, value, name]) => [value, name])).toEqual([["fleet", "the whole fleet"], ["tier:2", "tier 2"], ["agent:refund-bot", "refund-bot"]]);
    expect(page.match(/class="stop"/g)).toHaveLength(3);
    expect(page).not.toContain('type="radio"');
    expect(page).toContain("<b>The stop path works</b> – proven 38 s ago, 7 of 7 points, p99 0.4 s");
  });

  test("who may not stop reads why and has no button", () => {
    expect(choose({ actor: viewer, chosen: null, agentId: null })).not.toContain('class="stop"');
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

  describe("after the press", () => {
    const one: EngagedStop = { ...stored, scope: "agent", target: "refund-bot", name: "refund-bot", agents: 3, heardSince: 1, reason: null, heard: [
      { id: "refund-bot", lastSeenAt: new Date("2026-11-21T02:21:03Z"), isHeardSince: true }, { id: "crm-bot", lastSeenAt: new Date("2026-11-21T02:01:00Z"), isHeardSince: false }, { id: "new-bot", lastSeenAt: null, isHeardSince: false },
    ] };
    const later = new Date("2026-11-21T02:21:15Z");
    const reloads = '<noscript><meta http-equiv="refresh" content="2"></noscript>';

    test("stopping names who is missing, reloads itself and does not say Stopped", () => {
      const page = storedPage({ stop: one, proof: proofOf([point("gw eu-2", "missing"), point("gw eu-1", "confirmed")]), now: new Date("2026-11-21T02:21:01.500Z") });
      expect(page).toContain("<h1>Stopping. 1 of 2 points confirmed.</h1>");
      expect(page).toContain("Stored 02:21:00.0 UTC by Ana Ruiz");
      expect(page).toContain('<b>gw eu-2</b><span class="old">last heard 02:20:58.1, 3.4 s ago; lease ends 02:21:08.1 if silent</span>');
      expect(page.indexOf("gw eu-2")).toBeLessThan(page.indexOf("gw eu-1"));
      expect(page).toContain(reloads);
      expect(page).not.toMatch(/stopped(?!_)/i);
    });

    test("proven is said, and asked about again, seldom: a proof may be contradicted", () => {
      const proof = proofOf([point("worker 7", "closed"), point("gw eu-1", "confirmed")], { state: "proven", isProbeRefused: true, probeRefusedAt: "2026-11-21T02:21:03.200Z", provenAt: "2026-11-21T02:21:08.100Z", elapsedMs: 8_100 });
      const page = storedPage({ stop: one, proof, now: later });
      expect(page).toContain("<h1>Stopped, proven in 8.1 s.</h1>");
      expect(page).toContain("2 of 2 points: 1 confirmed, 1 closed without a lease. A probe call was refused at 02:21:03.2.");
      expect(page).toContain("no answer; its lease ended 02:21:08.1, it cannot act");
      expect(page).toContain('<noscript><meta http-equiv="refresh" content="10"></noscript>');
      expect(page).toContain('data-state="proven" data-follow="5">');
      expect(page).toContain('As of <span id="asof" data-at="02:21:15">02:21:15 UTC.</span>');
    });

    test("not proven says who may still act, and the next step", () => {
      const page = storedPage({ stop: one, proof: proofOf([point("gw eu-2", "missing", { fault: "It went back from epoch 12 to 9." })], { state: "not_proven", elapsedMs: 15_000 }), now: later });
      expect(page).toContain("<h1>Stop not proven. 1 of 1 point is missing.</h1>");
      expect(page).toContain("gw eu-2 may still act. Revoke the key that this point uses");
      expect(page).toContain('href="/stops/st_1/keys"');
      expect(page).toContain("not believed. It went back from epoch 12 to 9.");
      expect(page).toContain(reloads);
      expect(page).not.toMatch(/stopped(?!_)/i);
    });

    test("without a point, and without a readable proof, it claims no more than the gate knows", () => {
      expect(storedPage({ stop: one, proof: proofOf([], { state: "proven", isProbeRefused: true, probeRefusedAt: "2026-11-21T02:21:00.300Z" }), now: later })).toContain("Stopped at the gate. No enforcement point is connected.");
      const page = storedPage({ stop: one, proof: null, now: later });
      expect(page).toContain("The stop is stored. What it reached cannot be read now.");
      expect(page).toContain("last heard 12 s ago, after the stop");
      expect(page).toContain("last heard 20 min ago, before the stop");
      expect(page).toContain("never heard");
      expect(page).not.toMatch(/stopped(?!_)/i);
      const released = storedPage({ stop: { ...one, releasedAt: now, releasedBy: "Ben" }, proof: null, now });
      expect(released).toContain("This stop was released.");
      expect(released).not.toMatch(/http-equiv|data-follow=/);
    });
  });

  test("names of agents and tools stay text", () => {
    const name = `"><script>alert(1)</script>`;
    const pages = [choose({ choices: [choice("tool", `refund-bot/${name}`)], chosen: `tool:refund-bot/${name}`, search: name, missing: name }), storedPage({ stop: { ...stored, name, reason: name, engagedBy: name }, proof: proofOf([point(name, "missing", { fault: name })]), now })];
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
    const unknown = refusedPage({ message: "The database cannot be reached.", form, isOutcomeKnown: false });
    expect(unknown).not.toContain("The stop is not stored.");
    expect(unknown).toContain("Whether the stop is stored is not known.");
    expect(page).toContain('name="scope" value="agent:refund-bot"');
    expect(page).toContain("Try again: stop refund-bot now");
  });
});
