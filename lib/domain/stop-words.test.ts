import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROOF_WITHIN_MS, proveStop, type PointFact } from "./stop-proof.ts";
import { pointWords, stateWords, STANDING_NAMES, standingOf, stopHeadline, stopSentence, toldState, type ShownProof, type ToldStop } from "./stop-words.ts";

const engaged = Date.parse("2026-11-21T02:21:04.900Z");
const at = (ms: number): Date => new Date(engaged + ms);
const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function told(points: PointFact[], probeRefusedAt: Date | null, now: Date, agents = 1, isTrial = false): ToldStop {
  const proof = proveStop({ engagedAt: at(0), agents, isTrial, stopsReads: true, points, probeRefusedAt }, now);
  const shown: ShownProof = {
    ...proof, probeRefusedAt: iso(probeRefusedAt), lastConfirmedAt: iso(proof.lastConfirmedAt), provenAt: iso(proof.provenAt), callsSince: 0,
    points: proof.points.map((point) => ({ ...point, confirmedAt: iso(point.confirmedAt), lastHeardAt: point.lastHeardAt.toISOString(), leaseUntil: point.leaseUntil.toISOString(), leftAt: iso(point.leftAt), endedAt: iso(point.endedAt) })),
  };
  return { scope: "agent", name: "refund-bot", engagedAt: at(0).toISOString(), releasedAt: null, proof: shown };
}

const point = (name: string, more: Partial<PointFact> = {}): PointFact => ({ id: name, agentId: "refund-bot", name, confirmedAt: null, lastHeardAt: at(-2_800), leaseUntil: at(3_200), leftAt: null, endedAt: null, endedBy: null, readsOn: false, fault: null, ...more });
const saysStopped = (stop: ToldStop): boolean => [stopHeadline(stop), stopSentence(stop), stateWords(stop)].some((text) => /\bstopped\b/i.test(text));

describe("the words of a stop", () => {
  test("before proof: how many of how many, and who is missing", () => {
    const stop = told([point("gw eu-2"), point("gw eu-1", { confirmedAt: at(110) })], null, at(600));
    expect(stopHeadline(stop)).toBe("Stopping. 1 of 2 points confirmed.");
    expect(pointWords(stop.proof!.points[0]!, stop.engagedAt, at(600).toISOString())).toBe("last heard 02:21:02.1, 3.4 s ago; lease ends 02:21:08.1 if silent");
    expect(pointWords(stop.proof!.points[1]!, stop.engagedAt, at(600).toISOString())).toBe("0.11 s");
  });

  test("proven: the time, and who has closed without an answer", () => {
    const stop = told([point("worker 7"), point("worker 8", { leftAt: at(50), lastHeardAt: at(50), leaseUntil: at(50) }), point("gw eu-1", { confirmedAt: at(110) })], at(3_240), at(9_000));
    expect(stopHeadline(stop)).toBe("Stopped, proven in 3.2 s.");
    expect(stopSentence(stop)).toBe("3 of 3 points: 1 confirmed, 1 closed without a lease, 1 had said goodbye. A probe call was refused at 02:21:08.1.");
    expect(stop.proof!.points.slice(0, 2).map((each) => pointWords(each, stop.engagedAt, at(9_000).toISOString()))).toEqual(["no answer; its lease ended 02:21:08.1, it cannot act", "said goodbye 02:21:04.9; it has closed"]);
  });

  test("who reads on is named among the missing, with what ends it; who may do more comes first", () => {
    const reading = point("worker 7", { readsOn: true });
    const one = told([reading, point("gw eu-1", { confirmedAt: at(110) })], null, at(12_000));
    expect(stopHeadline(one)).toBe("Stop not proven. 1 of 2 points is missing.");
    expect(stopSentence(one)).toBe("worker 7 refuses what changes something, and may go on reading: it was set up so. End its process and start it again under the same name, or let it reach Holdpoint.");
    expect(pointWords(one.proof!.points[0]!, one.engagedAt, at(12_000).toISOString())).toBe("no answer; its lease ended 02:21:08.1: it refuses what changes something and may go on reading");
    const three = told([reading, point("worker 8", { readsOn: true }), point("gw eu-2", { leaseUntil: at(60_000) })], null, at(12_000));
    expect(stopHeadline(three)).toBe("Stop not proven. 3 of 3 points are missing.");
    expect(stopSentence(three)).toBe("gw eu-2 may still act. Revoke the key that this point uses: it cannot renew its lease without it. worker 7 and worker 8 refuse what changes something, and may go on reading: they were set up so. End their processes and start them again under the same names, or let them reach Holdpoint.");
  });

  test("a point that is said to have ended is told as what it is, and the proof with it", () => {
    const ended = point("worker 7", { fault: "It went back from epoch 12 to 9.", endedAt: at(40_000), endedBy: "Ana Ruiz" });
    const stop = told([ended, point("gw eu-1", { confirmedAt: at(110) })], at(41_000), at(42_000));
    expect(stopHeadline(stop)).toBe("Stopped, proven in 41.0 s but for 1 point by a person's word.");
    expect(stateWords(stop)).toBe("stopped, proven in 41.0 s but for 1 point by a person's word");
    expect(stopSentence(stop)).toBe("2 of 2 points: 1 confirmed, 1 has ended by the word of Ana Ruiz. A probe call was refused at 02:21:45.9.");
    expect(pointWords(stop.proof!.points[0]!, stop.engagedAt, at(42_000).toISOString())).toBe("ended, by the word of Ana Ruiz 02:21:44.9; last heard 02:21:02.1");
  });

  test("no point, and nobody at all", () => {
    expect(stopHeadline(told([], at(100), at(200)))).toBe("Stopped at the gate. No enforcement point is connected.");
    expect(stopHeadline(told([], null, at(11_000)))).toBe("Stop not proven. No probe call was refused.");
    expect(stopHeadline(told([], null, at(200), 0))).toBe("The stop holds. It covers no agent now.");
  });

  test("of a version under trial the gate is asked, and its points are not", () => {
    const tried = (probe: Date | null, now: Date) => told([], probe, now, 1, true);
    expect(stopHeadline(tried(at(100), at(200)))).toBe("Stopped at the gate, which decides each call of a version under trial.");
    expect(stateWords(tried(at(100), at(200)))).toBe("stopped at the gate, which decides its trial");
    expect([stopHeadline(tried(null, at(200))), stopHeadline(tried(null, at(11_000)))]).toEqual(["Stopping. The gate decides each call of a version under trial.", "Stop not proven. No probe call was refused."]);
    expect(stopSentence(tried(null, at(11_000)))).toBe("No call in one of its tasks was tried and refused yet. The current version goes on, and gets its tasks.");
  });

  test("the word stands only where it is proven, whatever the points say", () => {
    const moment = fc.option(fc.integer({ min: -12_000, max: 25_000 }).map(at), { nil: null });
    const anyPoint = fc.record({ confirmedAt: moment, lastHeardAt: fc.integer({ min: -12_000, max: 25_000 }).map(at), leaseUntil: fc.integer({ min: -5_000, max: 30_000 }).map(at), leftAt: moment, readsOn: fc.boolean(), fault: fc.constantFrom(null, "It went back.") });
    fc.assert(fc.property(fc.array(anyPoint, { maxLength: 6 }), moment, fc.integer({ min: 0, max: 30_000 }), (points, probe, ms) => {
      const stop = told(points.map((each, index) => point(`point ${index}`, each)), probe, at(ms));
      expect(saysStopped(stop)).toBe(toldState(stop) === "proven");
      expect(/stopped/i.test(STANDING_NAMES[standingOf(stop)])).toBe(toldState(stop) === "proven");
      if (toldState(stop) === "stopping") expect(ms).toBeLessThan(PROOF_WITHIN_MS);
    }));
    expect(saysStopped({ ...told([], null, at(0)), proof: null })).toBe(false);
  });
});
