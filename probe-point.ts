// Holdpoint's own enforcement point in this process: what the standing proof stops each minute, connected as every agent's is.

import type http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import { probeToken } from "./lib/auth/probe-token.ts";
import { PROBE_AGENT_ID } from "./lib/domain/bundle.ts";
import { setOwnAddress } from "./lib/process-address.ts";
import { EnforcementPoint } from "./sdk/src/enforcement-point.ts";

/** The server listens already. The point connects by itself and again after each break. */
export function startProbePoint(server: http.Server): { close: () => Promise<void> } {
  const { port } = server.address() as AddressInfo;
  setOwnAddress(port);
  const point = new EnforcementPoint({
    url: `http://127.0.0.1:${port}`, apiKey: () => probeToken(new Date()), agentId: PROBE_AGENT_ID, name: `probe ${os.hostname()}:${process.pid}`, kind: "probe",
  });
  void point.start();
  return point;
}
