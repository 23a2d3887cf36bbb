import { Card } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import type { DeltaGroup } from "@/lib/domain/capability-delta.ts";
import { classNames } from "@/components/ui/class-names.ts";
import { NamedText } from "@/components/ui/named-text.tsx";

interface CapabilityCardProps {
  /** The page with all sections of the diff, without the anchor. */
  diffHref: string;
  sectionIds: readonly string[];
  groups: readonly DeltaGroup[];
  /** For instance "Computed from the components of 41 and 42". */
  meta: string;
  /** What stays as it is, in words; null when nothing does. */
  same: string | null;
  isFirst: boolean;
}

export function CapabilityCard({ groups, meta, same, isFirst, diffHref, sectionIds }: CapabilityCardProps) {
  const hrefOf = (sectionId: string) => (sectionIds.includes(sectionId) ? `${diffHref}#${sectionId}` : null);
  return (
    <Card title={isFirst ? "What it could do" : "What it could do that it cannot do today"} meta={<span className="max-sm:hidden">{meta}</span>}>
      <Rows>
        {groups.map((group) => <Group key={group.verb} group={group} hrefOf={hrefOf} />)}
        {same !== null && (
          <li className="delta delta-none">
            <span className="verb">Same</span>
            <p>{same}</p>
          </li>
        )}
      </Rows>
    </Card>
  );
}

function Group({ group, hrefOf }: { group: DeltaGroup; hrefOf: (sectionId: string) => string | null }) {
  if (group.lines.length === 0) {
    return (
      <li className="delta delta-none" data-differs="">
        <span className="verb">{group.verb}</span>
        <p>Nothing.</p>
      </li>
    );
  }
  return group.lines.map((line, index) => {
    const href = hrefOf(line.sectionId);
    return (
      <li className={classNames("delta", index > 0 && "delta-more")} data-differs="" key={`${line.sectionId} ${index}`}>
        <span className="verb">{index === 0 ? group.verb : <span className="sr-only">{group.verb}</span>}</span>
        <p>
          <NamedText text={line.sentence} />
        </p>
        {href !== null && (
          <Link className="go link" href={href}>
            {line.place}
          </Link>
        )}
      </li>
    );
  });
}
