import { Fragment } from "react";
import { NAVIGATION, type NavCounts, type NavKey } from "./navigation.ts";
import { NavLink } from "./nav-link.tsx";

/** The entries in their groups; `except` leaves out what already stands elsewhere. */
export function NavList({ counts, age, except = [], onNavigate }: { counts: NavCounts; age?: string | undefined; except?: readonly NavKey[] | undefined; onNavigate?: (() => void) | undefined }) {
  const groups = NAVIGATION.map((group) => group.filter((entry) => !except.includes(entry.key))).filter((group) => group.length > 0);
  return (
    <div className="nav">
      {groups.map((group, index) => (
        <Fragment key={group[0]?.key}>
          {index > 0 && <div className="divide" />}
          {group.map((entry) => (
            <NavLink key={entry.key} entry={entry} count={counts[entry.key]} isStale={age !== undefined} onNavigate={onNavigate} />
          ))}
        </Fragment>
      ))}
      {age !== undefined && <p className="stale-age">Counts {age}</p>}
    </div>
  );
}
