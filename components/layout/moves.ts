"use client";

import { createContext, useContext, useEffect, useState } from "react";
import { concerns } from "./live-status.ts";

/** `null`: something may have been missed. */
export type Moved = readonly string[] | null;

/** Whoever enters is told what the house says moved, until they leave: never what is only supposed, because a whole page that is asked for in vain is lost. */
export interface Moves {
  enter: (listener: (kinds: Moved) => void) => () => void;
}

export interface MovesTold extends Moves {
  tell: (kinds: Moved) => void;
}

export function makeMoves(): MovesTold {
  const listeners = new Set<(kinds: Moved) => void>();
  return {
    tell: (kinds) => listeners.forEach((listener) => listener(kinds)),
    enter: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What comes in one go, for instance a stop and all that it stops, is one move. */
const GATHER_MS = 1_000;
/** What moves all the time has a page made anew in this rhythm at most. */
const REST_MS = 5_000;

/** Calls back once for all that concerns these kinds within a second, and not again right after. */
export function gatherMoves(moves: Moves, movesWith: readonly string[], onMoved: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restsUntilMs = -Infinity;
  const leave = moves.enter((kinds) => {
    if (kinds !== null && !concerns(movesWith, kinds)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      restsUntilMs = performance.now() + REST_MS;
      onMoved();
    }, Math.max(GATHER_MS, restsUntilMs - performance.now()));
  });
  return () => {
    clearTimeout(timer);
    leave();
  };
}

export const MovesContext = createContext<Moves>({ enter: () => () => undefined });

/** One more whenever the house told that something of these kinds moved. `movesWith` keeps its identity. */
export function useMoves(movesWith: readonly string[]): number {
  const moves = useContext(MovesContext);
  const [count, setCount] = useState(0);
  useEffect(() => gatherMoves(moves, movesWith, () => setCount((before) => before + 1)), [moves, movesWith]);
  return count;
}
