"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState, type ChangeEvent, type FocusEvent } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { TextField } from "@/components/ui/field.tsx";

interface PersonFieldProps {
  agentId: string;
  name: string;
  label: string;
  defaultValue: string;
  error: string | undefined;
}

const suggestions = (agentId: string, text: string | null) => ({
  queryKey: ["people-named", agentId, text], enabled: text !== null, staleTime: 60_000, placeholderData: keepPreviousData,
  queryFn: ({ signal }: { signal: AbortSignal }) => askConsole<{ people: string[] }>(`/api/console/agents/${encodeURIComponent(agentId)}/people?q=${encodeURIComponent(text ?? "")}`, signal),
});

/** A person by name: those that are meant are suggested while it is typed, so that a house of thousands needs no list of them. Empty: nobody. */
export function PersonField({ agentId, ...field }: PersonFieldProps) {
  const list = useId();
  // Nobody is asked for before somebody comes to the field.
  const [typed, setTyped] = useState<string | null>(null);
  const { data } = useQuery(suggestions(agentId, useDeferredValue(typed)));
  const follow = (event: ChangeEvent<HTMLInputElement> | FocusEvent<HTMLInputElement>) => setTyped(event.target.value.trim());
  return (
    <>
      <TextField {...field} list={list} autoComplete="off" spellCheck={false} placeholder="Nobody" onFocus={follow} onChange={follow} />
      <datalist id={list}>{data?.people.map((person) => <option key={person}>{person}</option>)}</datalist>
    </>
  );
}
