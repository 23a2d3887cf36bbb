import { queryOptions } from "@tanstack/react-query";
import { askConsole } from "@/components/layout/ask-console.ts";
import type { StopScope } from "@/lib/domain/stop-scope.ts";
import type { ToldChoice } from "@/lib/domain/stop-words.ts";

export interface SheetChoice extends ToldChoice {
  scope: StopScope;
  target: string;
  name: string;
  isEngaged: boolean;
  /** Why this person may not stop it. */
  refusal: string | null;
}

export interface SheetChoices {
  choices: SheetChoice[];
  chosen: string | null;
  agentId: string | null;
  otherAgents: number;
}

/** Counted anew at most this often, however often the control is approached. */
const FRESH_MS = 20_000;

/** What can be stopped from the page behind this address of the stop page, narrowed by part of an agent's name. */
export const choicesQuery = (href: string, search: string) => {
  const asked = new URLSearchParams(href.split("?")[1] ?? "");
  if (search !== "") asked.set("q", search);
  return queryOptions({
    queryKey: ["stop-choices", asked.toString()],
    queryFn: ({ signal }) => askConsole<SheetChoices>(`/api/console/stop-choices?${asked.toString()}`, signal),
    staleTime: FRESH_MS,
  });
};
