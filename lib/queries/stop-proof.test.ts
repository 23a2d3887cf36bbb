import { expect, test } from "vitest";
import { readStopEvidence, stopEvidence } from "../domain/stop-evidence.ts";
import { proveStop, type PointFact } from "../domain/stop-proof.ts";
import { shownProof } from "./stop-proof.ts";

const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 1) + ms);
const confirmed = (agentId: string, name: string, ms: number): PointFact =>
  ({ id: `${agentId} ${name}`, agentId, name, confirmedAt: at(ms), lastHeardAt: at(ms), leaseUntil: at(ms + 10_000), leftAt: null, endedAt: null, endedBy: null, readsOn: false, fault: null });
/** Two hundred and fifty of one agent, the last by name also the last in time, and one of another agent after them. */
const points = [...Array.from({ length: 250 }, (_, n) => confirmed("a-bot", `web-${String(n).padStart(3, "0")}`, n === 249 ? 3_900 : 100)), confirmed("zeta-bot", "web-1", 200)];
const proof = proveStop({ engagedAt: at(0), agents: 2, isTrial: false, stopsReads: true, points, probeRefusedAt: at(3_950) }, at(5_000));
const found = { proof, agents: 2, agentIds: ["a-bot", "zeta-bot"], probeRefusedAt: at(3_950) };

test("of more points than are shown, the last confirmation is that of all", () => {
  const shown = shownProof(found, null);
  expect(shown.points).toHaveLength(200);
  expect(shown).toMatchObject({ confirmed: 251, lastConfirmedAt: at(3_900).toISOString() });
});

test("it stays so in what is kept for the time after the release; of old, where points went unnamed, there is none", () => {
  const kept = stopEvidence(found);
  const released = { engagedAt: at(0), releasedAt: at(60_000), provenAt: at(3_950) };
  expect(kept.points).toHaveLength(100);
  expect(readStopEvidence(kept, released)?.proof.lastConfirmedAt).toEqual(at(3_900));
  const old = { ...kept, lastConfirmedAt: undefined };
  expect(readStopEvidence(old, released)?.proof.lastConfirmedAt).toBeNull();
  expect(readStopEvidence({ ...old, confirmed: 2, points: old.points.slice(0, 2) }, released)?.proof.lastConfirmedAt).toEqual(at(100));
});

test("whose agents are seen is asked before the first of them are taken", () => {
  expect(shownProof(found, null, ["zeta-bot"])).toMatchObject({ confirmed: 251, points: [{ agentId: "zeta-bot" }] });
  expect(shownProof(found, null, ["nobody"]).points).toEqual([]);
});

test("a word that a point has ended is kept with the proof, and told of the released stop", () => {
  const ended: PointFact = { ...confirmed("a-bot", "worker-7", 100), confirmedAt: null, fault: "It lies.", endedAt: at(30_000), endedBy: "Ana Ruiz" };
  const now = proveStop({ engagedAt: at(0), agents: 1, isTrial: false, stopsReads: true, points: [ended], probeRefusedAt: at(31_000) }, at(32_000));
  expect([now.state, now.ended, now.provenAt]).toEqual(["proven", 1, at(31_000)]);
  const kept = JSON.parse(JSON.stringify(stopEvidence({ proof: now, agents: 1, probeRefusedAt: at(31_000) }))) as unknown;
  const read = readStopEvidence(kept, { engagedAt: at(0), releasedAt: at(90_000), provenAt: at(31_000) });
  expect(read?.proof).toMatchObject({ state: "proven", closed: 1, ended: 1, missing: 0, points: [{ state: "ended", endedAt: at(30_000), endedBy: "Ana Ruiz" }] });
});
