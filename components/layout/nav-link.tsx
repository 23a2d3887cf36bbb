"use client";

import { usePathname } from "next/navigation";
import { Changed } from "../ui/changed.tsx";
import { Icon } from "../ui/icon.tsx";
import { Link } from "../ui/link.tsx";
import { isWithin, type NavEntry } from "./navigation.ts";

export function NavLink({ entry, count, isStale = false, className, onNavigate }: { entry: NavEntry; count?: number | null | undefined; isStale?: boolean | undefined; className?: string | undefined; onNavigate?: (() => void) | undefined }) {
  const pathname = usePathname();
  return (
    <Link href={entry.href} className={className} aria-current={isWithin(pathname, entry.href) ? "page" : undefined} {...(onNavigate && { onClick: onNavigate })}>
      <Icon name={entry.icon} />
      <span>{entry.label}</span>
      {count === null && <span className="count" title="This could not be counted.">?<span className="sr-only"> not known</span></span>}
      {typeof count === "number" && count > 0 && <span className="count" data-stale={isStale ? "true" : undefined}><Changed value={count}>{count.toLocaleString("en")}</Changed></span>}
    </Link>
  );
}
