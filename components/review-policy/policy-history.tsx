import { Card } from "@/components/ui/card.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { paths } from "@/lib/paths.ts";

export interface RevisionRow {
  revision: number;
  digest: string;
  effectiveAt: string;
  change: { id: string; authorName: string; decidedBy: string | null; reason: string | null } | null;
}

export function PolicyHistory({ revisions }: { revisions: readonly RevisionRow[] }) {
  return (
    <Card title="Revisions">
      <Rows>
        {revisions.map(({ revision, digest, effectiveAt, change }) => (
          <Row
            key={revision}
            title={change === null ? `Revision ${revision}` : <Link className="link" href={paths.change(change.id)}>Revision {revision}</Link>}
            detail={
              change === null ? "The first policy of this installation." : (
                <>
                  Proposed by {change.authorName}, approved by {change.decidedBy ?? "Holdpoint"}.{change.reason !== null && <> <UntrustedText text={change.reason} maxLength={300} /></>}
                </>
              )
            }
            aside={<span className="grid justify-items-end gap-1"><Time at={effectiveAt} show="both" /><Fingerprint value={digest} canCopy={false} /></span>}
          />
        ))}
      </Rows>
    </Card>
  );
}
