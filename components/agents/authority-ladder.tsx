import { classNames } from "@/components/ui/class-names.ts";
import { AUTHORITY_LEVELS, rankOfLevel, type AuthorityLevel } from "@/lib/domain/authority-level.ts";

/** The five levels in a row, filled up to the one that holds. */
export function AuthorityLadder({ level }: { level: AuthorityLevel }) {
  return (
    <ol className="ladder" aria-label="Levels of authority, from low to high">
      {AUTHORITY_LEVELS.map((each, rank) => (
        <li key={each} className={classNames(rank <= rankOfLevel(level) && "in", each === level && "now")} aria-current={each === level ? "step" : undefined}>
          {each}
        </li>
      ))}
    </ol>
  );
}
