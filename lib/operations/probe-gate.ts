// Does the gate refuse? Asked as an agent asks, over HTTP, by Holdpoint itself.

import { z } from "zod";
import { probeToken } from "../auth/probe-token.ts";
import { gateAddress } from "../process-address.ts";

const PATIENCE_MS = 2_000;
/** A name that no tool has: a kill switch on an agent refuses whatever it asks for. */
export const ANY_TOOL = "holdpoint_probe";

const answerSchema = z.object({ decision: z.string(), reason: z.string(), stopId: z.string().nullable(), epoch: z.number().nullable() });

export interface ProbedGate {
  /** True when a kill switch refused that is known to be the one asked for, or a later one. */
  isRefused: boolean;
  /** The stop that was named. */
  stopId: string | null;
}

interface Probe {
  agentId: string;
  tool: string;
  /** Refused by a bundle of this epoch or a later one counts, or in the name of this very stop. */
  epoch: number;
  stopId?: string | null;
  /** The task in which it is asked. */
  conversationId?: string;
}

/** Never throws: a gate that cannot be asked has not refused. */
export async function probeGate({ agentId, tool, epoch, stopId = null, conversationId = "" }: Probe, now: Date): Promise<ProbedGate> {
  try {
    const response = await fetch(`${gateAddress()}/v1/gate/check`, {
      method: "POST", signal: AbortSignal.timeout(PATIENCE_MS), body: JSON.stringify({ agent: { id: agentId }, tool: { name: tool }, conversationId }),
      headers: { authorization: `Bearer ${probeToken(now)}`, "content-type": "application/json" },
    });
    const answer = answerSchema.parse(await response.json());
    const isRefused = answer.decision === "deny" && (answer.reason === "kill_switch" || answer.reason === "tool_stopped") && ((answer.epoch ?? -1) >= epoch || (stopId !== null && answer.stopId === stopId));
    return { isRefused, stopId: answer.stopId };
  } catch {
    return { isRefused: false, stopId: null };
  }
}
