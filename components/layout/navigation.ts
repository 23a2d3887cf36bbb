import { paths } from "../../lib/paths.ts";
import type { IconName } from "../ui/icon.tsx";

export type NavKey = "now" | "inbox" | "agents" | "changes" | "rollouts" | "runs" | "stops" | "risk" | "portfolio" | "log" | "settings";

export interface NavEntry {
  key: NavKey;
  href: string;
  label: string;
  icon: IconName;
}

/** Groups as drawn in the rail, a rule between them. */
export const NAVIGATION: readonly (readonly NavEntry[])[] = [
  [
    { key: "now", href: paths.now(), label: "Now", icon: "activity" },
    { key: "inbox", href: paths.inbox(), label: "Inbox", icon: "inbox" },
  ],
  [
    { key: "agents", href: paths.agents(), label: "Agents", icon: "agents" },
    { key: "changes", href: paths.changes(), label: "Changes", icon: "changes" },
    { key: "rollouts", href: paths.rollouts(), label: "Rollouts", icon: "rollouts" },
    { key: "runs", href: paths.runs(), label: "Runs", icon: "runs" },
  ],
  [
    { key: "stops", href: paths.stops(), label: "Stops", icon: "stops" },
    { key: "risk", href: paths.risk(), label: "Risk", icon: "risk" },
    { key: "portfolio", href: paths.portfolio(), label: "Portfolio", icon: "portfolio" },
    { key: "log", href: paths.log(), label: "Log", icon: "log" },
    { key: "settings", href: paths.settings(), label: "Settings", icon: "settings" },
  ],
];

export const NAV_ENTRIES: readonly NavEntry[] = NAVIGATION.flat();

/** What the bottom bar shows on a phone; the rest is under More. */
export const BAR_KEYS: readonly NavKey[] = ["now", "inbox", "agents"];

/** Null: could not be counted. */
export type NavCounts = Partial<Record<NavKey, number | null>>;

/** Actions have no entry of their own: what waits of them is reached by the inbox. */
export function isWithin(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`) || (href === paths.inbox() && isWithin(pathname, paths.actions()));
}
