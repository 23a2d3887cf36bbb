"use client";

import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import type { FormAction } from "@/lib/server-action.ts";

const TellContext = createContext<(said: string) => void>(() => {});

/** An action whose success is told at the top of the page, after `onDone`. The form that sends it may be gone by then. */
export function useToldAction(action: FormAction, onDone?: () => void): FormAction {
  const tell = useContext(TellContext);
  return async (previous, form) => {
    const state = await action(previous, form);
    if (state.status === "done") {
      onDone?.();
      tell(state.message ?? "Done.");
    }
    return state;
  };
}

/** A decision takes the button away that had the focus: what was done is read out, and the reader goes on at the sentence that says how it stands now. */
export function DecisionNews({ children }: { children: ReactNode }) {
  const [news, setNews] = useState<{ said: string } | null>(null);
  useEffect(() => {
    if (news === null) return;
    const heading = document.querySelector<HTMLElement>("main h1");
    if (heading === null) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
  }, [news]);
  return (
    <TellContext value={(said) => setNews({ said })}>
      <p aria-live="polite" className="sr-only">{news?.said}</p>
      {children}
    </TellContext>
  );
}
