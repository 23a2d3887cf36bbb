// A program with one enforcement point, its clock set wrong by CLOCK_SHIFT_MS, which ends when it has nothing more to do.
// Says "open", and with LAST=stop it waits for a stop and says what the tool's call is answered with; with LAST=refund it makes a call that people decide about.

import { pathToFileURL } from "node:url";
import type { EnforcementPoint as Point, PointOptions } from "../enforcement-point.ts";

const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const now = Date.now.bind(Date);
globalThis.Date = class extends Date {
  constructor(...given: [] | [number]) {
    super(given.length === 0 ? now() + shiftMs : given[0]);
  }

  static override now(): number {
    return now() + shiftMs;
  }
} as DateConstructor;

const { EnforcementPoint } = (await import(process.env.SDK ? pathToFileURL(process.env.SDK).href : "../enforcement-point.ts")) as { EnforcementPoint: new (options: PointOptions) => Point };
const point = new EnforcementPoint({ url: process.env.URL_OF_HOLDPOINT ?? "", apiKey: process.env.API_KEY ?? "", agentId: process.env.AGENT ?? "", name: `process ${shiftMs}` });
const say = (word: string) => process.stdout.write(`${word}\n`);

const { THROWS } = process.env;
if (THROWS) {
  process.on("uncaughtException", ({ message }) => say(message));
  point.onStop(() => {
    throw new Error(THROWS);
  });
}
if (process.env.LAST === "stop") {
  const awake = setInterval(() => undefined, 60_000);
  point.onStop(() => {
    const { decision, reason } = point.decide("refund_create");
    say(`${decision} ${reason}`);
    clearInterval(awake);
  });
}
await point.start();
say(point.state.state);
if (process.env.LAST === "refund") {
  const refund = point.guard("refund_create", {}, ({ amount }: { amount: number }) => amount);
  const ended = await refund({ amount: 204 }, { toolCallId: `by ${shiftMs}` }).catch((error: unknown) => error);
  say(ended instanceof Error ? `${ended.name}: ${ended.message}` : `refunded ${ended}`);
  await point.close();
}
