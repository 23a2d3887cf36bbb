import type { ReactNode } from "react";
import { Link } from "@/components/ui/link.tsx";
import type { OnCall } from "../../lib/domain/on-call.ts";
import { paths } from "../../lib/paths.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { Brand } from "./brand.tsx";
import { Crumbs } from "./crumbs.tsx";
import type { Crumb } from "./crumbs-of.ts";
import type { NavCounts } from "./navigation.ts";
import { NavList } from "./nav-list.tsx";
import { OnCallInHeader, OnCallInSheet } from "./on-call.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

interface AppShellProps {
  /** Who is signed in, and as what: "Operator, on call". */
  person: { name: string; roles: string };
  /** "Production", in words; left out, nothing is drawn. */
  environment?: string | undefined;
  counts?: NavCounts | undefined;
  /** "as of 02:11:40 UTC, 94 s old", once the counts are too old to be taken for current. */
  countsAge?: string | undefined;
  /** A `ReadOnly` for whoever may change nothing. */
  readOnly?: ReactNode;
  /** Null: nobody. Left out, nothing is drawn. */
  onCall?: OnCall | null | undefined;
  /** Left out, the way is read from the address. */
  crumbs?: readonly Crumb[] | undefined;
  /** A `LiveState`, or what renders one. */
  live?: ReactNode;
  /** The box that searches everything. */
  searchSlot?: ReactNode;
  /** The sign-out form's button; drawn in the rail's foot and in the phone's sheet. */
  signOut?: ReactNode;
  /** The stop control at the right end of the header. */
  stopSlot?: ReactNode;
  /** The stop control in the middle of the phone's bar. */
  stopBarSlot?: ReactNode;
  /** Across the page, under the header. */
  notice?: ReactNode;
  children: ReactNode;
}

export function AppShell({ person, environment, counts = {}, countsAge, readOnly, onCall, crumbs, live, searchSlot, signOut, stopSlot, stopBarSlot, notice, children }: AppShellProps) {
  const foot = (
    <div className="rail-foot">
      <div className="grid">
        <span className="meta">Signed in</span>
        <Link href={paths.settingsMe()} className="dense inline-flex min-h-6 items-center font-medium hover:underline">
          {person.name}
        </Link>
        <span className="meta">{person.roles}</span>
      </div>
      <div className="flex items-center justify-between gap-2">
        <ThemeSwitch />
        {signOut}
      </div>
    </div>
  );
  return (
    <div className="shell">
      <a className="btn skip" href="#main">
        Skip to the page
      </a>
      <nav className="rail" aria-label="Main">
        <Brand />
        <NavList counts={counts} age={countsAge} />
        {foot}
      </nav>
      <div className="min-w-0">
        <header className="topbar">
          <Crumbs crumbs={crumbs} />
          {environment !== undefined && <span className="env">{environment}</span>}
          {readOnly}
          <div className="topbar-end">
            {searchSlot}
            {onCall !== undefined && <OnCallInHeader onCall={onCall} age={countsAge} />}
            {live}
            {stopSlot !== undefined && <div className="topbar-stop">{stopSlot}</div>}
          </div>
        </header>
        {notice}
        <main className="main" id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <BottomBar counts={counts} age={countsAge} stopSlot={stopBarSlot} foot={<>{onCall !== undefined && <OnCallInSheet onCall={onCall} age={countsAge} />}{foot}</>} />
    </div>
  );
}
