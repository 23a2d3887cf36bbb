"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useContext, useDeferredValue, useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { NAV_ENTRIES } from "@/components/layout/navigation.ts";
import { canCopyLink, pressCopyLink } from "@/components/layout/press-copy-link.ts";
import { pressStop } from "@/components/layout/press-stop.ts";
import { DialogCorner } from "@/components/ui/dialog-corner.ts";
import { Icon } from "@/components/ui/icon.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";

interface Found {
  kind: string;
  id: string;
  title: string;
  detail: string | null;
  href: string;
}

interface Option {
  key: string;
  group: string;
  title: string;
  detail: string | null;
  act: () => void;
}

const GROUPS: Readonly<Record<string, string>> = {
  page: "Settings", agent: "Agents", change: "Changes", rollout: "Rollouts", action: "Actions", undo: "Reversals", run: "Runs", finding: "Findings", stop: "Stops", person: "People",
};
const MOST = 50;

async function fetchFound(text: string, signal: AbortSignal): Promise<Found[]> {
  const response = await fetch(`/api/console/search?q=${encodeURIComponent(text)}`, { signal });
  if (!response.ok) throw new Error("the console did not answer");
  return ((await response.json()) as { found: Found[] }).found;
}

/** One box for everything, after the combobox pattern of the ARIA authoring practices: the focus stays in the field, the arrows move in the list. */
export function SearchDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const router = useRouter();
  const pathname = usePathname();
  const dialog = useRef<HTMLDialogElement>(null);
  const corner = useContext(DialogCorner);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const { data, isFetching, isError, isPlaceholderData } = useQuery({ queryKey: ["search", wanted], queryFn: ({ signal }) => fetchFound(wanted, signal), enabled: wanted !== "", staleTime: 10_000, placeholderData: (before) => before });
  useEffect(() => dialog.current?.showModal(), []);
  // Until the answer to these very letters is there, the list still shows what fewer letters found.
  const isSettled = text.trim() === wanted && (wanted === "" || isError || (data !== undefined && !isPlaceholderData));
  const awaited = useRef<string | null>(null);

  const go = (href: string) => () => {
    onClose();
    router.push(href);
  };
  const options = [...commandsHere(pathname, onClose), ...pages(go), ...(wanted === "" ? [] : (data ?? []).map((found) => ({ key: `${found.kind} ${found.id}`, group: GROUPS[found.kind] ?? "More", title: found.title, detail: found.detail, act: go(found.href) })))]
    .filter((option) => !("isStatic" in option) || option.title.toLowerCase().includes(wanted.toLowerCase())).slice(0, MOST);
  const current = Math.min(at, options.length - 1);

  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && options.length > 0) {
      event.preventDefault();
      const next = (current + step + options.length) % options.length;
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.repeat) {
      event.preventDefault();
      // Who writes faster than the house answers means what these letters find; who moved to a row means that row.
      if (isSettled || at > 0) options[current]?.act();
      else awaited.current = text;
    }
  };
  const [first] = options;
  useEffect(() => {
    if (awaited.current === null || !isSettled) return;
    const isMeant = awaited.current === text;
    awaited.current = null;
    if (isMeant) first?.act();
  }, [isSettled, text, first]);
  return (
    <dialog ref={dialog} className="dlg search-dlg" aria-label="Search" onClose={onClose}>
      <div className="search-field">
        <Icon name="search" />
        <input
          type="text" role="combobox" aria-expanded={options.length > 0} aria-controls={`${id}-list`} aria-activedescendant={options.length > 0 ? `${id}-${current}` : undefined} aria-autocomplete="list" aria-label="Agent, change, run, ID"
          placeholder="Agent, change, run, ID" autoComplete="off" spellCheck={false} autoCapitalize="off" maxLength={200} value={text} onKeyDown={move}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
        />
        <div className="dlg-corner">
          {corner}
          <button type="button" className="btn btn-quiet btn-icon p-0!" aria-label="Close" onClick={onClose}><Icon name="close" /></button>
        </div>
      </div>
      <div className="search-list" id={`${id}-list`} role="listbox" aria-label="Found">
        {options.map((option, index) => (
          <button
            type="button" tabIndex={-1} key={option.key} id={`${id}-${index}`} role="option" aria-selected={index === current} data-group={option.group === options[index - 1]?.group ? undefined : option.group}
            onPointerMove={() => setAt(index)} onClick={option.act}
          >
            <span className="search-title"><NamedText text={option.title} /></span>
            <span className="meta">{[option.group, option.detail].filter(Boolean).join(", ")}</span>
          </button>
        ))}
      </div>
      <p className="search-foot meta" role="status">
        {isError ? "The console does not answer." : wanted !== "" && !isFetching && options.length === 0 ? "Nothing is called so. Ids are found by how they begin, record references as a whole." : `${options.length} shown`}
      </p>
    </dialog>
  );
}

/** No command changes anything from here: it opens the place where that is done. */
function commandsHere(pathname: string, onClose: () => void): (Option & { isStatic: true })[] {
  const agentId = /^\/agents\/(?!new(?:\/|$))([^/]+)/.exec(pathname)?.[1];
  const openStop = () => {
    onClose();
    pressStop();
  };
  const copyLink = () => {
    onClose();
    pressCopyLink();
  };
  return [
    { key: "stop", group: "Commands", title: agentId === undefined ? "Stop…" : `Stop ${decodeURIComponent(agentId)}…`, detail: "asks before it stops", act: openStop, isStatic: true },
    ...(canCopyLink() ? [{ key: "copy link", group: "Commands", title: "Copy link", detail: "with the times that are shown", act: copyLink, isStatic: true as const }] : []),
  ];
}

const pages = (go: (href: string) => () => void): (Option & { isStatic: true })[] =>
  NAV_ENTRIES.map(({ key, label, href }) => ({ key: `page ${key}`, group: "Pages", title: label, detail: null, act: go(href), isStatic: true }));
