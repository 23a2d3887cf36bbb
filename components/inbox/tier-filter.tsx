import { Link } from "@/components/ui/link.tsx";
import { Time } from "@/components/ui/time.tsx";
import { paths } from "@/lib/paths.ts";

export type TierKey = "0" | "1" | "2" | "none";

interface TierFilterProps {
  tab: string | undefined;
  /** Null: all of them. */
  tier: TierKey | null;
  tiers: Record<TierKey, number>;
  oldest: string | null;
  now: string;
}

/** The tier at which most happens without a person first. */
const TIERS: readonly { key: TierKey; label: string }[] = [{ key: "2", label: "Tier 2" }, { key: "1", label: "Tier 1" }, { key: "0", label: "Tier 0" }, { key: "none", label: "No tier" }];

/** Of the tab. It keeps its height whatever the numbers are: rows do not move because one of them changed. */
export function TierFilter({ tab, tier, tiers, oldest, now }: TierFilterProps) {
  return (
    <div className="inbox-tiers">
      <nav aria-label="Which tier">
        <Link href={paths.inbox({ tab })} scroll={false} aria-current={tier === null ? "true" : undefined}>All tiers</Link>
        {TIERS.map(({ key, label }) => (
          <Link key={key} href={paths.inbox({ tab, tier: key })} scroll={false} aria-current={key === tier ? "true" : undefined}>
            {label}<span className="sr-only">: </span><span className="count">{tiers[key].toLocaleString("en")}</span>
          </Link>
        ))}
      </nav>
      <p>{oldest === null ? "Nothing is open" : <>Oldest <Time at={oldest} now={now} /></>}</p>
    </div>
  );
}
