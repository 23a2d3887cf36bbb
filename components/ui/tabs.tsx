import { classNames } from "./class-names.ts";
import { Link } from "./link.tsx";

export interface Tab {
  href: string;
  label: string;
  count?: number | undefined;
  isCurrent: boolean;
}

/** Links, because the choice lives in the address. `isPage` sets them under a page head instead of in a card. */
export function Tabs({ label, tabs, isPage = false }: { label: string; tabs: readonly Tab[]; isPage?: boolean | undefined }) {
  return (
    <nav className={classNames("tabs", isPage && "tabs-page")} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} scroll={false} aria-current={tab.isCurrent ? "page" : undefined}>
          {tab.label}
          {tab.count !== undefined && <span className="count">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
