import fc from "fast-check";
import { expect, it } from "vitest";
import { judged, verdictOf } from "../testing/judged-arms.ts";
import { canaryPlanSchema, defaultCanaryPlan } from "./canary-plan.ts";
import { escalationBandSentence, usualEscalation, withEscalationBand } from "./escalation-band.ts";

const banded = (rate: number | null, known: number) => withEscalationBand(defaultCanaryPlan("assisted"), usualEscalation({ rate, known }));

it("is unknown without enough of history, and the plan says so", () => {
  for (const [rate, known] of [[null, 5_000], [0.1, 99], [undefined, undefined]] as const) expect(usualEscalation({ rate, known })).toBeNull();
  expect(escalationBandSentence(banded(null, 0))).toMatch(/no absolute band/);
  expect(escalationBandSentence(banded(0.12, 5_000))).toMatch(/^Escalation is also held to between \d.* % and 2\d.* %/);
  expect(escalationBandSentence(banded(0, 200))).toMatch(/is not bounded/);
});

it("always lies around the rate, makes a plan that can be read, and is narrower the more is known", () => {
  fc.assert(fc.property(fc.integer({ min: 100, max: 5_000 }).chain((known) => fc.record({ known: fc.constant(known), events: fc.nat(known) })), ({ known, events }) => {
    const rate = events / known;
    const band = usualEscalation({ rate, known });
    if (!band) throw new Error("it is known");
    expect(band.low).toBeLessThanOrEqual(rate / 2 + 0.001);
    expect(band.high).toBeGreaterThanOrEqual(Math.min(1, 2 * rate) - 0.001);
    expect(canaryPlanSchema.safeParse(withEscalationBand(defaultCanaryPlan("shadow"), band)).success).toBe(true);
  }));
  expect(usualEscalation({ rate: 0.1, known: 5_000 })?.low).toBeGreaterThan(usualEscalation({ rate: 0.1, known: 400 })?.low ?? 1);
});

it("shows a pair of versions that both stop asking, which no comparison does, and leaves alone what is usual", () => {
  const plan = banded(0.125, 5_000);
  const ask = (times: number, of = plan) => judged(1_200, { plan: of, candidate: { escalation: times }, current: { escalation: times } });
  expect(verdictOf(ask(0.1), plan)).toMatchObject({ because: { code: "worse", metric: "escalation" }, named: ["escalation"] });
  expect(verdictOf(ask(1), plan).because.code).not.toBe("worse");
  expect(verdictOf(ask(1.6), plan).because.code).not.toBe("worse");
  const unbanded = banded(null, 0);
  expect(verdictOf(ask(0.1, unbanded), unbanded).because.code).not.toBe("worse");
});
