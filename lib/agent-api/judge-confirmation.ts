// Can it be true what a point says that it applies, and is it what holds now?

import type { KeyObject } from "node:crypto";
import { PROBE_AGENT_ID, type Bundle } from "../domain/bundle.ts";
import { readSignedBundle } from "../domain/signed-bundle.ts";
import type { Confirmation } from "../operations/confirm-points.ts";
import { GRACE_MS, type BundleCache, type HeldBundle } from "./bundle-cache.ts";
import { contentOf } from "./bundle-content.ts";

interface Said {
  agentId: string;
  bundle: string;
  rehearsals: readonly string[];
  refusesProbe: boolean;
}

type Judged = Pick<Confirmation, "standing" | "fault" | "epoch" | "stopIds" | "rehearsalIds">;

/** Bundles of other processes, and older ones, that were found to be genuine: so that each is verified once. */
const genuine = new Map<string, Bundle>();
const MOST_GENUINE = 2_000;

function read(jws: string, key: { keyId: string; publicKey: KeyObject }): Bundle | null {
  const known = genuine.get(jws);
  if (known) return known;
  const bundle = readSignedBundle(jws, new Map([[key.keyId, key.publicKey]]));
  if (bundle === null) return null;
  if (genuine.size >= MOST_GENUINE) genuine.clear();
  genuine.set(jws, bundle);
  return bundle;
}

const notTrue = (fault: string): Judged => ({ standing: "false", fault, epoch: null, stopIds: [], rehearsalIds: [] });

export async function judgeConfirmation({ cache, key }: { cache: BundleCache; key: { keyId: string; publicKey: KeyObject } }, held: HeldBundle, said: Said): Promise<Judged> {
  const isCurrent = said.bundle === held.jws;
  const bundle = isCurrent ? held.bundle : read(said.bundle, key);
  if (bundle === null) return notTrue("It applies a bundle that Holdpoint did not sign.");
  if (bundle.agentId !== said.agentId) return notTrue(`It applies a bundle of another agent, ${bundle.agentId}.`);
  if (!said.refusesProbe && bundle.stops.length > 0) return notTrue("It says that it does not refuse what its bundle stops.");
  const standing = isCurrent ? "current" : await standingOf(bundle, held, cache);
  return {
    standing, fault: null, epoch: bundle.epoch,
    stopIds: bundle.agentId === PROBE_AGENT_ID ? [] : bundle.stops.map(({ id }) => id),
    rehearsalIds: bundle.agentId === PROBE_AGENT_ID ? bundle.stops.map(({ id }) => id) : await heardOf(said, held, cache),
  };
}

/** Those that cover the agent and are under way. Another process may have told the point of one before this one knows it, and the point says it once. */
async function heardOf({ agentId, rehearsals }: Said, held: HeldBundle, cache: BundleCache): Promise<string[]> {
  const isUnknown = rehearsals.some((id) => !held.rehearsals.includes(id));
  const known = (isUnknown && (await cache.refresh()) ? cache.read(agentId) : null) ?? held;
  return rehearsals.filter((id) => known.rehearsals.includes(id));
}

/** Compared by content: another process may have signed the same at another size of the log. */
async function standingOf(bundle: Bundle, held: HeldBundle, cache: BundleCache): Promise<"current" | "late" | "old"> {
  const content = contentOf(bundle);
  if (content === held.content) return "current";
  // It knows more than this process, which catches up before it judges.
  if (bundle.epoch > held.bundle.epoch && (await cache.refresh())) {
    const caughtUp = cache.read(bundle.agentId);
    if (caughtUp?.content === content) return "current";
    if (caughtUp) return wasReplaced(content, caughtUp) ? "late" : "old";
  }
  return wasReplaced(content, held) ? "late" : "old";
}

function wasReplaced(content: string, { replaced }: HeldBundle): boolean {
  const nowMs = performance.now();
  return replaced.some((old) => old.content === content && nowMs - old.atMs <= GRACE_MS);
}
