"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useEffect, useRef, useState, type ComponentType, type MouseEvent } from "react";
import { classNames } from "@/components/ui/class-names.ts";
import { choicesQuery } from "./choices-query.ts";
import { stopHrefOf } from "./stop-href.ts";
import { StopIcon } from "./stop-icon.tsx";
import type { StopSheetProps } from "./stop-sheet.tsx";

/** Whoever presses waits no longer than this for the sheet; then the link is followed. */
const SHEET_WITHIN_MS = 300;

/** What a press meets is read anew unless it came in this very moment. */
const FRESH_AT_PRESS_MS = 1_000;

const loadSheet = () => import("./stop-sheet.tsx");

interface Opened {
  Sheet: ComponentType<StopSheetProps>;
  href: string;
  /** Counts: the browser tells of an Escape a moment after it, and whoever pressed Stop again by then means the sheet that is open now. */
  opening: number;
}

const isSheetOpen = (): boolean => document.querySelector("dialog.stop-sheet[open]") !== null;

/**
 * Red on the yellow plate means stop and nothing else. A link, so that it works without a script; with one, a sheet opens over the page.
 * The sheet is fetched when the browser is idle or the control is approached.
 */
export function StopControl({ isInBar = false }: { isInBar?: boolean }) {
  const href = stopHrefOf(usePathname());
  const link = useRef<HTMLAnchorElement>(null);
  const client = useQueryClient();
  const [opened, setOpened] = useState<Opened | null>(null);
  const openings = useRef(0);

  const prepare = () => {
    // What is not there when it is needed is done without: the link is followed, and the sheet counts later.
    loadSheet().catch(() => undefined);
    client.prefetchQuery(choicesQuery(href, "")).catch(() => undefined);
  };
  useEffect(() => {
    if (typeof requestIdleCallback !== "function") return;
    const id = requestIdleCallback(() => {
      loadSheet().catch(() => undefined);
      client.prefetchQuery(choicesQuery(href, "")).catch(() => undefined);
    }, { timeout: 5_000 });
    return () => cancelIdleCallback(id);
  }, [client, href]);

  const press = async (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (isSheetOpen()) return;
    // What was read when the page came, or when the control was approached, may be minutes old.
    client.prefetchQuery({ ...choicesQuery(href, ""), staleTime: FRESH_AT_PRESS_MS }).catch(() => undefined);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), SHEET_WITHIN_MS));
    const loaded = await Promise.race([loadSheet().catch(() => null), late]);
    if (loaded === null) location.assign(href);
    else if (!isSheetOpen()) setOpened({ Sheet: loaded.StopSheet, href, opening: (openings.current += 1) });
  };
  const close = (which: number) => {
    if (which !== openings.current) return;
    setOpened(null);
    link.current?.focus();
  };

  return (
    <>
      <span className={classNames("plate", isInBar && "plate-bar")}>
        <a ref={link} className="stop-control" href={href} data-stop-control="" onClick={press} onPointerEnter={prepare} onFocus={prepare}>
          <StopIcon size={16} />
          Stop
        </a>
      </span>
      {opened !== null && <opened.Sheet key={opened.opening} href={opened.href} onClose={() => close(opened.opening)} />}
    </>
  );
}
