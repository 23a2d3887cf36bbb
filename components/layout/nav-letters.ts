import type { NavKey } from "./navigation.ts";

/** After `g`. */
export const LETTER_OF: Partial<Record<NavKey, string>> & Record<string, string> = { now: "n", inbox: "i", agents: "a", changes: "c", rollouts: "y", runs: "r", stops: "s", risk: "k", portfolio: "p", log: "l" };
