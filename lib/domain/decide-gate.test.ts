import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANYBODY } from "./approval-ask.ts";
import { AUTHORITY_LEVELS, type AuthorityLevel } from "./authority-level.ts";
import type { Bundle, BundleStop } from "./bundle.ts";
import { decideGate, GATE_REASONS, type GateAnswer } from "./decide-gate.ts";
import { TOOL_EFFECTS, type ToolEffect } from "./manifest.ts";
import type { PolicyVerdict } from "./policy-verdict.ts";
import { STOP_SCOPES } from "./stop-scope.ts";

const bundleOf = (changes: Partial<Bundle> = {}): Bundle => ({
  format: 2, agentId: "refund-bot", epoch: 7, authority: { level: "bounded", source: "tier", because: "its control tier is 2" },
  version: { id: "av_1", number: 3, fingerprint: "sha256:1" }, stops: [],
  tools: {
    order_get: { effect: "read", hasCompensation: false }, refund_create: { effect: "write", hasCompensation: false },
    mail_send: { effect: "irreversible", hasCompensation: false }, wire_send: { effect: "irreversible", hasCompensation: true },
  },
  policy: null,
  ...changes,
});
const at = (level: AuthorityLevel): Bundle => bundleOf({ authority: { level, source: "stage", because: `its stage is ${level}` } });
const ask = (bundle: Bundle | null, tool = "order_get", leaseUntilMs: number | null = 1_000, nowMs = 999) => decideGate({ tool }, { bundle, leaseUntilMs }, nowMs);

describe("the table of authority", () => {
  test.each<[AuthorityLevel, string, string, string, string]>([
    ["stopped", "deny authority", "deny authority", "deny authority", "deny authority"],
    ["shadow", "permit permitted", "recommend authority", "recommend authority", "recommend authority"],
    ["assisted", "permit permitted", "hold needs_person", "hold needs_person", "hold needs_person"],
    ["partial", "permit permitted", "permit permitted", "hold needs_person", "hold needs_person"],
    ["bounded", "permit permitted", "permit permitted", "hold no_compensation", "permit permitted"],
  ])("%s: read %s, write %s, irreversible %s, irreversible with a compensation %s", (level, ...expected) => {
    const said = ["order_get", "refund_create", "mail_send", "wire_send"].map((tool) => {
      const { decision, reason, isRecommendation } = ask(at(level), tool);
      return `${isRecommendation ? "recommend" : decision} ${reason}`;
    });
    expect(said).toEqual(expected);
    expect(["order_get", "refund_create", "mail_send"].map((tool) => ask(at(level), tool).epoch)).toEqual([7, 7, 7]);
  });

  test("a recommendation is denied all the same", () => {
    expect(ask(at("shadow"), "refund_create")).toMatchObject({ decision: "deny", isRecommendation: true });
  });
});

describe("stops", () => {
  const stopped = (...stops: BundleStop[]) => bundleOf({ stops });
  test.each<[BundleStop, string]>([
    [{ id: "st_1", scope: "fleet", target: "" }, "A kill switch is engaged: the whole fleet is stopped."],
    [{ id: "st_1", scope: "tier", target: "2" }, "A kill switch is engaged: tier 2 is stopped."],
    [{ id: "st_1", scope: "agent", target: "refund-bot" }, "A kill switch is engaged: refund-bot is stopped."],
    [{ id: "st_1", scope: "version", target: "av_1" }, "A kill switch is engaged: version 3 of refund-bot is stopped."],
  ])("%j refuses every tool and is named", (stop, sentence) => {
    for (const tool of ["order_get", "refund_create", "unheard_of"]) {
      expect(ask(stopped(stop), tool)).toEqual({ decision: "deny", reason: "kill_switch", sentence, isRecommendation: false, stopId: "st_1", epoch: 7, policies: [], approvers: [], approvalsNeeded: 0 });
    }
  });

  test("a tool's stop refuses that tool and no other", () => {
    const bundle = stopped({ id: "st_2", scope: "tool", target: "refund-bot/refund_create" });
    expect(ask(bundle, "refund_create")).toMatchObject({ decision: "deny", reason: "tool_stopped", stopId: "st_2", sentence: "A kill switch is engaged: refund_create of refund-bot is stopped." });
    expect(ask(bundle, "order_get").decision).toBe("permit");
  });

  test("of two that overlap the other holds when one is released", () => {
    const [fleet, agent] = [{ id: "st_1", scope: "fleet", target: "" }, { id: "st_2", scope: "agent", target: "refund-bot" }] as const;
    expect(ask(stopped(fleet, agent)).stopId).toBe("st_1");
    expect(ask(stopped(agent)).stopId).toBe("st_2");
    expect(ask(stopped()).decision).toBe("permit");
  });

  test("a run that one cut is refused after its release, also as approved and as reading without a lease; a stop that holds is named first", () => {
    const cut = (bundle: Bundle, more: Partial<Parameters<typeof decideGate>[0]> = {}) => decideGate({ tool: "order_get", cutBy: "st_9", ...more }, { bundle, leaseUntilMs: 1_000 }, 999);
    for (const level of AUTHORITY_LEVELS) expect(cut(at(level))).toMatchObject({ decision: "deny", reason: "run_cut", stopId: "st_9", isRecommendation: false, approvers: [], approvalsNeeded: 0 });
    expect(cut(bundleOf(), { tool: "refund_create", isApproved: true }).reason).toBe("run_cut");
    expect(cut(stopped({ id: "st_1", scope: "fleet", target: "" }))).toMatchObject({ reason: "kill_switch", stopId: "st_1" });
    expect(decideGate({ tool: "order_get", cutBy: "st_9" }, { bundle: bundleOf(), leaseUntilMs: null, readsWithoutLease: true }, 0)).toMatchObject({ decision: "deny", reason: "no_lease" });
  });
});

describe("closed", () => {
  test.each<[string, Bundle | null, number | null, number]>([
    ["without a bundle", null, 1_000, 0], ["without a lease", bundleOf(), null, 0], ["when the lease has run out", bundleOf(), 1_000, 1_000], ["when the clock is not a number", bundleOf(), Number.NaN, 0],
  ])("%s", (_, bundle, leaseUntilMs, nowMs) => {
    expect(ask(bundle, "order_get", leaseUntilMs, nowMs)).toMatchObject({ decision: "deny", reason: "no_lease", epoch: bundle?.epoch ?? null });
  });

  test.each(["unheard_of", "toString", "__proto__", "constructor", ""])("for the tool %j, which is not declared", (tool) => {
    expect(ask(bundleOf(), tool)).toMatchObject({ decision: "deny", reason: "tool_unknown" });
  });
});

describe("reading without a lease, where the point was set up so", () => {
  const closed = (bundle: Bundle | null, tool = "order_get", effect?: ToolEffect) => decideGate({ tool, effect }, { bundle, leaseUntilMs: null, readsWithoutLease: true }, 0);
  test("goes on by what was heard last, and says so", () => {
    for (const level of ["shadow", "assisted", "partial", "bounded"] as const) expect(closed(at(level))).toMatchObject({ decision: "permit", reason: "permitted", epoch: 7, sentence: expect.stringContaining("heard last") as string });
  });

  test.each<[string, GateAnswer]>([
    ["without a bundle", closed(null)], ["for an agent that is stopped", closed(bundleOf({ stops: [{ id: "st_1", scope: "agent", target: "refund-bot" }] }))],
    ["for a tool that is stopped", closed(bundleOf({ stops: [{ id: "st_1", scope: "tool", target: "refund-bot/order_get" }] }))], ["at the level stopped", closed(at("stopped"))],
    ["under a policy", closed(bundleOf({ policy: { digest: "sha256:p" } }))], ["for a write", closed(bundleOf(), "refund_create")], ["for what cannot be undone", closed(bundleOf(), "wire_send")],
    ["for a read that the caller knows to write", closed(bundleOf(), "order_get", "write")], ["for what the version does not declare", closed(bundleOf(), "unheard_of")], ["for what no version declares", closed(bundleOf(), "constructor")],
  ])("does not go on %s", (_, answer) => {
    expect(answer).toMatchObject({ decision: "deny", reason: "no_lease" });
  });
});

describe("always", () => {
  const tools = ["order_get", "refund_create", "mail_send", "wire_send", "other"];
  const anyStop = fc.record({ id: fc.constant("st_x"), scope: fc.constantFrom(...STOP_SCOPES), target: fc.constantFrom("", "2", "refund-bot", "av_1", ...tools.map((tool) => `refund-bot/${tool}`)) });
  const anyBundle = fc.record({
    level: fc.constantFrom(...AUTHORITY_LEVELS), stops: fc.array(anyStop, { maxLength: 3 }),
    tools: fc.dictionary(fc.constantFrom(...tools), fc.record({ effect: fc.constantFrom(...TOOL_EFFECTS), hasCompensation: fc.boolean() }), { noNullPrototype: true }),
  }).map(({ level, ...rest }) => bundleOf({ ...at(level), ...rest }));
  const anyTool = fc.constantFrom(...tools);

  test("nothing is permitted without a bundle and a lease that still runs", () => {
    fc.assert(fc.property(fc.option(anyBundle), anyTool, fc.option(fc.integer()), fc.integer(), (bundle, tool, lease, now) => {
      const isOpen = bundle !== null && lease !== null && now < lease;
      if (!isOpen) expect(ask(bundle, tool, lease, now)).toMatchObject({ decision: "deny", reason: "no_lease" });
    }));
  });

  test("one stop of the agent refuses everything, one more stop never permits more", () => {
    const rank = { deny: 0, hold: 1, permit: 2 };
    fc.assert(fc.property(anyBundle, anyStop, anyTool, (bundle, stop, tool) => {
      const more = { ...bundle, stops: [...bundle.stops, stop] };
      expect(rank[ask(more, tool).decision]).toBeLessThanOrEqual(rank[ask(bundle, tool).decision]);
      if (stop.scope !== "tool") expect(ask(more, tool)).toMatchObject({ decision: "deny", reason: "kill_switch" });
    }));
  });

  test("a lower level never permits more, and each answer says why", () => {
    const rank = { deny: 0, hold: 1, permit: 2 };
    fc.assert(fc.property(anyBundle, anyTool, (bundle, tool) => {
      const decisions = AUTHORITY_LEVELS.map((level) => rank[ask({ ...bundle, authority: at(level).authority }, tool).decision]);
      expect(decisions).toEqual(decisions.toSorted((a, b) => a - b));
      const answer = ask(bundle, tool);
      expect(GATE_REASONS).toContain(answer.reason);
      expect(answer.sentence).toMatch(/^\S.*\.$/s);
      expect(answer.reason === "permitted").toBe(answer.decision === "permit");
    }));
  });
});

describe("under a policy", () => {
  const verdict = (decision: PolicyVerdict["decision"], more: Partial<PolicyVerdict> = {}): PolicyVerdict => ({
    decision, policies: [{ id: "p", effect: decision === "permit" ? "permit" : "forbid" }], asks: decision === "hold" ? [ANYBODY] : [], isLowRisk: false, sentence: "By the policy.", ...more,
  });
  const LOW_RISK = verdict("permit", { isLowRisk: true });
  const TOOL_OF = { read: "order_get", write: "refund_create", irreversible: "mail_send" } as const;
  const under = (level: AuthorityLevel, tool: string, said: PolicyVerdict | null, isApproved = false) =>
    decideGate({ tool, isApproved }, { bundle: { ...at(level), policy: { digest: "sha256:p" } }, leaseUntilMs: 1_000, ...(said ? { policy: () => said } : {}) }, 999);

  /** In the order: permit, low risk, hold, deny. */
  const EXPECTED: Record<AuthorityLevel, Record<ToolEffect, string>> = {
    stopped: { read: "deny deny deny deny", write: "deny deny deny deny", irreversible: "deny deny deny deny" },
    shadow: { read: "permit permit hold deny", write: "deny deny deny deny", irreversible: "deny deny deny deny" },
    assisted: { read: "permit permit hold deny", write: "hold permit hold deny", irreversible: "hold hold hold deny" },
    partial: { read: "permit permit hold deny", write: "permit permit hold deny", irreversible: "hold hold hold deny" },
    bounded: { read: "permit permit hold deny", write: "permit permit hold deny", irreversible: "hold hold hold deny" },
  };
  test.each(AUTHORITY_LEVELS.flatMap((level) => TOOL_EFFECTS.map((effect) => [level, effect] as const)))("%s, %s", (level, effect) => {
    const answers = [verdict("permit"), LOW_RISK, verdict("hold"), verdict("deny")].map((said) => under(level, TOOL_OF[effect], said).decision);
    expect(answers.join(" ")).toBe(EXPECTED[level][effect]);
  });

  test("what the caller knows of the call only ever makes the answer stricter, and a weaker word changes nothing", () => {
    const rank = { deny: 0, hold: 1, permit: 2 };
    const anyVerdict = fc.option(fc.constantFrom(verdict("permit"), LOW_RISK, verdict("hold"), verdict("deny")));
    fc.assert(fc.property(fc.constantFrom(...AUTHORITY_LEVELS), fc.constantFrom("order_get", "refund_create", "mail_send", "wire_send"), fc.constantFrom(...TOOL_EFFECTS), fc.boolean(), fc.boolean(), anyVerdict, (level, tool, effect, isApproved, hasPolicy, said) => {
      const bundle = hasPolicy ? { ...at(level), policy: { digest: "sha256:p" } } : at(level);
      const decide = (known?: ToolEffect) => decideGate({ tool, isApproved, effect: known }, { bundle, leaseUntilMs: 1_000, ...(said ? { policy: () => said } : {}) }, 999);
      const declared = bundle.tools[tool]?.effect ?? "irreversible";
      const isStricter = TOOL_EFFECTS.indexOf(effect) > TOOL_EFFECTS.indexOf(declared);
      if (isStricter) expect(rank[decide(effect).decision]).toBeLessThanOrEqual(rank[decide().decision]);
      else expect(decide(effect)).toEqual(decide());
    }));
  });

  test.each<[AuthorityLevel, string, ToolEffect, string]>([
    ["shadow", "order_get", "write", "deny"], ["assisted", "order_get", "write", "hold"], ["partial", "order_get", "write", "permit"], ["partial", "order_get", "irreversible", "hold"], ["assisted", "refund_create", "irreversible", "hold"],
  ])("at %s a call of %s that the caller knows as %s gets %s, low risk or not", (level, tool, effect, decision) => {
    expect(decideGate({ tool, effect }, { bundle: { ...at(level), policy: { digest: "sha256:p" } }, leaseUntilMs: 1_000, policy: () => LOW_RISK }, 999).decision).toBe(decision);
  });

  test("what cannot be undone goes ahead at bounded when a compensation stands behind it and the policy permits it", () => {
    expect(["permit", "hold", "deny"].map((said) => under("bounded", "wire_send", verdict(said as "permit")).decision)).toEqual(["permit", "hold", "deny"]);
  });

  test("without an engine at hand nothing is permitted, and what the table refuses stays refused", () => {
    expect(under("bounded", "order_get", null)).toMatchObject({ decision: "hold", reason: "policy_unread" });
    expect(under("bounded", "order_get", null, true)).toMatchObject({ decision: "hold", reason: "policy_unread" });
    expect(under("shadow", "refund_create", null)).toMatchObject({ decision: "deny", reason: "authority", isRecommendation: true });
  });

  test("the policy is not asked about what is refused before it", () => {
    const never = () => {
      throw new Error("asked");
    };
    const bundle = { ...bundleOf({ stops: [{ id: "st_1", scope: "fleet", target: "" }] }), policy: { digest: "sha256:p" } };
    expect(decideGate({ tool: "order_get" }, { bundle, leaseUntilMs: 1_000, policy: never }, 999)).toMatchObject({ reason: "kill_switch", policies: [] });
  });

  test("names the policies, whom they ask and how many", () => {
    expect(under("partial", "refund_create", verdict("hold", { asks: [{ approvers: ["role:finance"], persons: 2 }, { approvers: ["role:legal"], persons: 1 }] }))).toMatchObject({ reason: "policy", sentence: "By the policy.", policies: ["p"], approvers: ["role:finance", "role:legal"], approvalsNeeded: 2 });
    expect(under("partial", "refund_create", verdict("deny", { error: "arguments", policies: [] }))).toMatchObject({ decision: "deny", reason: "policy_error", policies: [], approvalsNeeded: 0 });
    expect(under("partial", "refund_create", verdict("permit"))).toMatchObject({ decision: "permit", reason: "permitted", policies: ["p"] });
  });

  test("an approval lifts what the table holds, and nothing that refuses or that a policy still holds", () => {
    expect(under("assisted", "mail_send", verdict("permit"), true)).toMatchObject({ decision: "permit", reason: "approved" });
    expect(under("assisted", "mail_send", verdict("hold"), true).decision).toBe("hold");
    expect(under("assisted", "mail_send", verdict("deny"), true).decision).toBe("deny");
    expect(under("shadow", "mail_send", verdict("permit"), true).decision).toBe("deny");
    expect(under("stopped", "mail_send", verdict("permit"), true).decision).toBe("deny");
  });

  test("a policy widens in one place only", () => {
    const rank = { deny: 0, hold: 1, permit: 2 };
    fc.assert(fc.property(fc.constantFrom(...AUTHORITY_LEVELS), fc.constantFrom(...TOOL_EFFECTS), fc.constantFrom(verdict("permit"), LOW_RISK, verdict("hold"), verdict("deny")), (level, effect, said) => {
      const [before, after] = [ask(at(level), TOOL_OF[effect]), under(level, TOOL_OF[effect], said)];
      if (rank[after.decision] > rank[before.decision]) expect([level, effect, said]).toEqual(["assisted", "write", LOW_RISK]);
      expect(rank[after.decision]).toBeLessThanOrEqual(rank[said.decision]);
    }));
  });
});
