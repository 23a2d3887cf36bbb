// Which answers does the gate know?

export const GATE_DECISIONS = ["permit", "hold", "deny"] as const;
export type GateDecision = (typeof GATE_DECISIONS)[number];
