// Where does this process answer, seen from itself? What exercises the gate asks there, without the way round by a load balancer.

import { env } from "./env.ts";

const shared = globalThis as typeof globalThis & { holdpointOwnAddress?: string };

/** Said by the process that serves agents, once it listens. */
export function setOwnAddress(port: number): void {
  shared.holdpointOwnAddress = `http://127.0.0.1:${port}`;
}

/** A process that does not serve agents itself asks where agents ask. */
export const gateAddress = (): string => shared.holdpointOwnAddress ?? env().publicUrl;
