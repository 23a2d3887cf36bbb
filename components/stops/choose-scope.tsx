"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { parseStopScope, stopName, writeStopScope } from "@/lib/domain/stop-scope.ts";
import { choicesQuery, type SheetChoice, type SheetChoices } from "./choices-query.ts";
import { keepOrder } from "./keep-order.ts";
import { ChosenScope } from "./chosen-scope.tsx";
import { ScopeRows } from "./scope-rows.tsx";
import type { StopOrder, StopRefusal } from "./send-stop.ts";

interface ChooseScopeProps {
  href: string;
  titleId: string;
  effectId: string;
  /** Why the last press stored nothing. */
  refusal: StopRefusal | null;
  sending: StopOrder | null;
  onStop: (order: StopOrder) => void;
  /** What can be pressed has moved. */
  onMoved: () => void;
  onLeave: () => void;
}

/** What is known from the address alone, so that nobody waits for the count. */
function known(href: string): { order: StopOrder | null; choices: SheetChoice[] } {
  const asked = new URLSearchParams(href.split("?")[1] ?? "");
  const [scope, about] = [parseStopScope(asked.get("scope") ?? ""), asked.get("about")];
  if (scope) {
    const choice = uncounted(scope.scope, scope.target);
    return { order: { field: "scope", value: writeStopScope(scope), name: choice.name }, choices: [choice] };
  }
  if (about !== null) return { order: { field: "about", value: about, name: aboutName(about) }, choices: [] };
  return { order: null, choices: [uncounted("fleet", ""), ...["2", "1", "0"].map((tier) => uncounted("tier", tier))] };
}

/** What the press means before it was read. A rollout that tries nothing now stands for its agent. */
function aboutName(about: string): string {
  const kind = about.split(":")[0] ?? "page";
  return kind === "rollout" ? "what this rollout is about" : `the agent of this ${kind}`;
}

const uncounted = (scope: SheetChoice["scope"], target: string): SheetChoice => ({
  scope, target, name: stopName({ scope, target }), agentId: scope === "agent" ? target : null, versionNumber: null, isTrial: false, effect: null, isEngaged: false, agents: -1, withWriteTools: -1, activeRuns: -1, actionsUnderWay: 0, actionsWaiting: 0, refusal: null,
});

export function ChooseScope({ href, onMoved, ...rest }: ChooseScopeProps) {
  const [search, setSearch] = useState("");
  const asked = useDeferredValue(search.trim().toLowerCase());
  const { data, isError, isPlaceholderData } = useQuery({ ...choicesQuery(href, asked), refetchOnMount: false, refetchOnWindowFocus: false, placeholderData: keepPreviousData });
  const [first, setFirst] = useState<{ asked: string; shown: SheetChoices } | null>(null);
  if (data && !isPlaceholderData && first?.asked !== asked) setFirst({ asked, shown: data });
  const start = known(href);
  const choices = data ? keepOrder(first?.shown.choices ?? [], data.choices) : start.choices;
  const isAround = data ? data.agentId !== null : start.order !== null;
  // Where a row is a button, whoever presses while rows change means what was there before. The one big button neither moves nor changes what it means.
  const rows = isAround ? "" : choices.map(writeStopScope).join("\n");
  useEffect(onMoved, [rows, onMoved]);

  const note = isError && <FormMessage kind="warning" title="What a stop would meet cannot be counted now.">To stop is possible all the same.</FormMessage>;
  return isAround
    ? <ChosenScope {...rest} href={href} note={note} choices={choices} chosen={data?.chosen ?? null} unresolved={data ? null : start.order} />
    : <ScopeRows {...rest} note={note} choices={choices} otherAgents={data?.otherAgents ?? 0} search={search} onSearch={setSearch} />;
}
