// Which runs did a stop cut here? Its release starts none of them again: only Holdpoint can say that a person let them go on.

import type { GateAnswer } from "../../lib/domain/decide-gate.ts";
import type { GateQuestion } from "./holdpoint-api.ts";

/** The oldest is forgotten first; then what has consequences is still refused by Holdpoint, which keeps them all. */
const MOST = 10_000;

/** A stop of one tool cuts that tool alone. */
const keyOf = (conversationId: string, tool: string): string => JSON.stringify([conversationId, tool]);

interface CutHere {
  stopId: string;
  /** Holdpoint knows of it, or is being told. */
  isTold: boolean;
}

export class CutRuns {
  readonly #cuts = new Map<string, CutHere>();
  readonly #ask: (refused: GateQuestion) => Promise<unknown>;

  /** `ask`: asks Holdpoint about a call that was refused here, which refuses it as well and keeps what its stops cut by that. */
  constructor(ask: (refused: GateQuestion) => Promise<unknown>) {
    this.#ask = ask;
  }

  /** The stop that cut it; null: none did, or the call names no run. */
  stopOf(conversationId: string | undefined, tool: string): string | null {
    if (conversationId === undefined || this.#cuts.size === 0) return null;
    return (this.#cuts.get(keyOf(conversationId, "")) ?? this.#cuts.get(keyOf(conversationId, tool)))?.stopId ?? null;
  }

  /** What a refused call cut; null when no stop refused it, or it names no run. */
  note(conversationId: string | undefined, tool: string, { reason, stopId }: Pick<GateAnswer, "reason" | "stopId">): CutHere | null {
    if (!conversationId || stopId === null || (reason !== "kill_switch" && reason !== "tool_stopped")) return null;
    const key = keyOf(conversationId, reason === "tool_stopped" ? tool : "");
    const before = this.#cuts.get(key);
    const cut = before?.stopId === stopId ? before : { stopId, isTold: false };
    this.#cuts.delete(key);
    this.#cuts.set(key, cut);
    const [oldest = ""] = this.#cuts.size > MOST ? this.#cuts.keys() : [];
    this.#cuts.delete(oldest);
    return cut;
  }

  /** The same, and has Holdpoint told, once for each run and stop: whoever goes on with the run after the release may be another process. What could not be told is told with the next call. */
  tell(refused: GateQuestion, answer: Pick<GateAnswer, "reason" | "stopId">): void {
    const cut = this.note(refused.conversationId, refused.tool, answer);
    if (cut === null || cut.isTold) return;
    cut.isTold = true;
    this.#ask(refused).catch(() => {
      cut.isTold = false;
    });
  }

  /** Holdpoint permitted this call of the run. */
  forget(conversationId: string | undefined, tool: string): void {
    if (conversationId === undefined) return;
    this.#cuts.delete(keyOf(conversationId, ""));
    this.#cuts.delete(keyOf(conversationId, tool));
  }
}
