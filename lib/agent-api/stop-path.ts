// What of the stop path lives in this process? The key, the bundles and the connected points, from the start of the server to its end.

import { env } from "../env.ts";
import { Unavailable } from "../errors.ts";
import { describeError, logger } from "../logger.ts";
import { signingKey, type SigningKey } from "../operations/signing-key.ts";
import { installationSecret } from "../operations/installation-secret.ts";
import { findLiveKeys } from "../queries/api-keys.ts";
import { BundleCache } from "./bundle-cache.ts";
import { forgetKeys } from "./key-cache.ts";
import { StreamHub } from "./stream-hub.ts";

export interface StopPath {
  key: SigningKey;
  cache: BundleCache;
  hub: StreamHub;
  /** Says goodbye to everyone who is connected. */
  close: () => Promise<void>;
}

let running: StopPath | null = null;

/** Throws `Unavailable` in a process that does not serve agents, and before the start. */
export function stopPath(): StopPath {
  if (!running) throw new Unavailable("This process does not serve agents.");
  return running;
}

/** Has this process heard from the database lately? One that does not listen has to ask it. */
export const isDatabaseHeard = (): boolean => running?.cache.isFresh(performance.now()) ?? true;

export const bundleCache = (): BundleCache => stopPath().cache;

export async function startStopPath(): Promise<StopPath> {
  process.env.NEXTAUTH_SECRET ??= await installationSecret(env().secret);
  const key = await signingKey(env().signingKey);
  const cache = new BundleCache(key);
  const hub = new StreamHub(cache);
  cache.onAccessChange(() => {
    forgetKeys();
    void closeRevoked(hub);
  });
  cache.start();
  const path: StopPath = {
    key, cache, hub,
    close: async () => {
      if (running === path) running = null;
      hub.close();
      await cache.close();
    },
  };
  running = path;
  return path;
}

async function closeRevoked(hub: StreamHub): Promise<void> {
  try {
    const connected = hub.keyIds;
    const live = await findLiveKeys([...connected]);
    hub.closeKeys(connected.difference(live));
  } catch (error) {
    // Its points get no lease anew: the key is asked for with every confirmation.
    logger().warn(describeError(error), "the keys of connected points cannot be read");
  }
}
