import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROOF_WITHIN_MS, proveStop, type PointFact, type ProofFacts } from "./stop-proof.ts";

const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 1) + ms);
const point = (given: Partial<PointFact> = {}): PointFact => ({
  id: "pt_1", agentId: "refund-bot", name: "web-1", confirmedAt: null, lastHeardAt: at(-1_000), leaseUntil: at(9_000), leftAt: null, endedAt: null, endedBy: null, readsOn: false, fault: null, ...given,
});
const facts = (points: PointFact[], given: Partial<ProofFacts> = {}): ProofFacts => ({ engagedAt: at(0), agents: 1, isTrial: false, stopsReads: true, points, probeRefusedAt: at(100), ...given });
const confirmed = point({ id: "pt_2", confirmedAt: at(300), lastHeardAt: at(300), leaseUntil: at(10_300) });

describe("a point", () => {
  test.each<[string, PointFact, number, string]>([
    ["that confirmed", confirmed, 1_000, "confirmed"],
    ["that confirmed and contradicts itself", { ...confirmed, fault: "It went back from epoch 12 to 9." }, 1_000, "missing"],
    ["that is silent while its lease runs", point(), 8_999, "missing"],
    ["that is silent since its lease ran out", point(), 9_000, "closed"],
    ["that was heard after its lease had run out", point({ lastHeardAt: at(9_500) }), 20_000, "missing"],
    ["that contradicted itself, and is said to have ended since", point({ fault: "It lies.", leaseUntil: at(500), endedAt: at(20_000), endedBy: "Ana Ruiz" }), 20_001, "ended"],
    ["that reads on, and is said to have ended", point({ readsOn: true, endedAt: at(20_000), endedBy: "Ana Ruiz" }), 20_001, "ended"],
    ["that is said to have ended, and was heard again", point({ fault: "It lies.", lastHeardAt: at(20_500), leaseUntil: at(500), endedAt: at(20_000), endedBy: "Ana Ruiz" }), 21_000, "missing"],
    ["that is said to have ended while its lease goes on", point({ lastHeardAt: at(-1_000), leaseUntil: at(9_000), endedAt: at(100), endedBy: "Ana Ruiz" }), 8_999, "missing"],
    ["that has closed by itself, whatever is said", point({ endedAt: at(20_000), endedBy: "Ana Ruiz" }), 20_001, "closed"],
    ["that confirmed, whatever is said", { ...confirmed, endedAt: at(20_000), endedBy: "Ana Ruiz" }, 20_001, "confirmed"],
    ["that said goodbye", point({ leftAt: at(200), lastHeardAt: at(200), leaseUntil: at(200) }), 1_000, "closed"],
    ["that said goodbye and was heard again", point({ leftAt: at(200), lastHeardAt: at(500), leaseUntil: at(10_500) }), 1_000, "missing"],
    ["that contradicts itself and whose lease has run out", point({ fault: "It applies a bundle that Holdpoint did not sign." }), 20_000, "missing"],
  ])("%s", (_, fact, nowMs, state) => {
    expect(proveStop(facts([fact]), at(nowMs)).points.map((proved) => proved.state)).toEqual([state]);
  });

  const readsOn = point({ readsOn: true });
  test.each<[string, PointFact, boolean, number, string]>([
    ["while its lease runs", readsOn, true, 8_999, "missing"],
    ["once its lease has run out", readsOn, true, 9_000, "reads_on"],
    ["where the stop leaves reading alone", readsOn, false, 9_000, "closed"],
    ["that confirmed", { ...readsOn, confirmedAt: at(300) }, true, 20_000, "confirmed"],
    ["that said goodbye", { ...readsOn, leftAt: at(200), lastHeardAt: at(200), leaseUntil: at(200) }, true, 1_000, "closed"],
    ["that was heard after its lease had run out", { ...readsOn, lastHeardAt: at(9_500) }, true, 20_000, "missing"],
  ])("that goes on reading without a lease: %s", (_, fact, stopsReads, nowMs, state) => {
    expect(proveStop(facts([fact], { stopsReads }), at(nowMs)).points.map((proved) => proved.state)).toEqual([state]);
  });

  test("that reads on is among the missing, and nothing is proven by the end of its lease", () => {
    const proof = proveStop(facts([confirmed, readsOn, point({ id: "pt_6", name: "web-6", leaseUntil: at(400) })]), at(60_000));
    expect(proof).toMatchObject({ state: "not_proven", confirmed: 1, closed: 1, missing: 1, readsOn: 1 });
    expect(proof.points.map(({ state }) => state)).toEqual(["reads_on", "closed", "confirmed"]);
    expect(proveStop(facts([confirmed, readsOn], { stopsReads: false }), at(60_000))).toMatchObject({ state: "proven", closed: 1, missing: 0, readsOn: 0 });
  });

  test("who needs attention stands first", () => {
    const proof = proveStop(facts([confirmed, point({ id: "pt_4", name: "web-4", leaseUntil: at(400) }), point({ name: "web-3" }), point({ id: "pt_5", agentId: "a-bot", name: "web-9" })]), at(500));
    expect(proof.points.map(({ agentId, name, state }) => `${state} ${agentId} ${name}`)).toEqual(["missing a-bot web-9", "missing refund-bot web-3", "closed refund-bot web-4", "confirmed refund-bot web-1"]);
    expect([proof.missing, proof.closed, proof.confirmed, proof.state]).toEqual([2, 1, 1, "stopping"]);
  });
});

describe("proven", () => {
  test("at the last of: confirmations, ends of leases, the probe's refusal", () => {
    expect(proveStop(facts([confirmed]), at(5_000))).toMatchObject({ state: "proven", provenAt: at(300), elapsedMs: 300 });
    expect(proveStop(facts([confirmed], { probeRefusedAt: at(700) }), at(5_000))).toMatchObject({ provenAt: at(700), elapsedMs: 700 });
    expect(proveStop(facts([confirmed, point()]), at(9_100))).toMatchObject({ state: "proven", provenAt: at(9_000), elapsedMs: 9_000 });
  });

  test("without a single point the probe alone says it", () => {
    expect(proveStop(facts([]), at(5_000))).toMatchObject({ state: "proven", provenAt: at(100), confirmed: 0, isProbeRefused: true });
    expect(proveStop(facts([], { probeRefusedAt: null }), at(5_000))).toMatchObject({ state: "stopping", provenAt: null, elapsedMs: 5_000 });
  });

  test("what was confirmed before the latch, by a clock that is wrong, takes no negative time", () => {
    expect(proveStop(facts([{ ...confirmed, confirmedAt: at(-50) }], { probeRefusedAt: at(-20) }), at(10))).toMatchObject({ state: "proven", elapsedMs: 0 });
  });

  test("not in ten seconds: it says so, and proof may come later", () => {
    const late = facts([point({ leaseUntil: at(12_000) })]);
    expect(proveStop(late, at(PROOF_WITHIN_MS - 1)).state).toBe("stopping");
    expect(proveStop(late, at(PROOF_WITHIN_MS)).state).toBe("not_proven");
    expect(proveStop(late, at(12_000))).toMatchObject({ state: "proven", provenAt: at(12_000) });
  });
});

describe("always", () => {
  const moment = fc.integer({ min: -20_000, max: 40_000 }).map(at);
  const anyPoint = fc.record({
    id: fc.string(), agentId: fc.constantFrom("a", "b"), name: fc.string(), confirmedAt: fc.option(moment), lastHeardAt: moment, leaseUntil: moment, leftAt: fc.option(moment),
    endedAt: fc.option(moment), endedBy: fc.constant("Ana Ruiz"), readsOn: fc.boolean(), fault: fc.option(fc.constant("It lies."), { freq: 4 }),
  });

  test("proven means: none may still act, and a probe was refused", () => {
    fc.assert(fc.property(fc.array(anyPoint, { maxLength: 6 }), fc.boolean(), fc.option(moment), moment, (points, stopsReads, probeRefusedAt, now) => {
      const proof = proveStop({ engagedAt: at(0), agents: 2, isTrial: false, stopsReads, points, probeRefusedAt }, now);
      const mayAct = points.filter((one) => one.fault !== null || (one.confirmedAt === null && (one.leaseUntil > now || (one.readsOn && stopsReads)) && !(one.leftAt !== null && one.leftAt >= one.lastHeardAt)));
      const isSaid = (one: PointFact): boolean => one.endedAt !== null && one.endedAt > one.lastHeardAt && one.leaseUntil <= now;
      if (mayAct.some((one) => !isSaid(one)) || probeRefusedAt === null) expect(proof.state).not.toBe("proven");
      expect(proof.confirmed + proof.closed + proof.missing).toBe(points.length);
      // Whoever is counted by a word was not settled without it.
      expect(proof.ended).toBeLessThanOrEqual(points.filter((one) => isSaid(one)).length);
      expect(proof.ended).toBeLessThanOrEqual(proof.closed);
      expect(proof.provenAt !== null).toBe(proof.state === "proven");
      expect(proof.elapsedMs).toBeGreaterThanOrEqual(0);
    }));
  });
});
