"use client";

import { usePathname } from "next/navigation";
import { useRef, type ReactNode } from "react";
import { Icon } from "../ui/icon.tsx";
import { BAR_KEYS, isWithin, NAV_ENTRIES, type NavCounts, type NavEntry } from "./navigation.ts";
import { NavLink } from "./nav-link.tsx";
import { NavList } from "./nav-list.tsx";

/** The phone's navigation: three entries, the stop control in the middle where there is one, and the rest in a sheet. */
export function BottomBar({ counts, age, stopSlot, foot }: { counts: NavCounts; age?: string | undefined; stopSlot?: ReactNode; foot: ReactNode }) {
  const pathname = usePathname();
  const sheet = useRef<HTMLDivElement>(null);
  const shown = BAR_KEYS.map((key) => NAV_ENTRIES.find((entry) => entry.key === key)).filter((entry): entry is NavEntry => entry !== undefined);
  const isElsewhere = !shown.some((entry) => isWithin(pathname, entry.href));
  const items = shown.map((entry) => <NavLink key={entry.key} entry={entry} count={entry.key === "inbox" ? counts.inbox : undefined} isStale={age !== undefined} className="item" />);
  return (
    <nav className="bottombar" aria-label="Main">
      {items.slice(0, 2)}
      {stopSlot !== undefined && <div className="grid justify-items-center">{stopSlot}</div>}
      {items.slice(2)}
      <button type="button" className="item" popoverTarget="more-sheet" aria-haspopup="dialog" aria-current={isElsewhere || undefined}>
        <Icon name="more" />
        <span>More</span>
      </button>
      <div className="more" id="more-sheet" popover="auto" ref={sheet} role="dialog" aria-label="More">
        <NavList counts={counts} age={age} except={BAR_KEYS} onNavigate={() => sheet.current?.hidePopover()} />
        {foot}
      </div>
    </nav>
  );
}
