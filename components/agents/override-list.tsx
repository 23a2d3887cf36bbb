import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { CONSTRAINT_NAMES, type ConstraintSource } from "@/lib/domain/authority.ts";
import type { AuthorityLevel } from "@/lib/domain/authority-level.ts";

export interface ShownOverride {
  id: string;
  source: ConstraintSource;
  level: AuthorityLevel;
  reason: string;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  revokedBy: string | null;
  isInForce: boolean;
}

export function OverrideList({ overrides, now, revoke }: { overrides: readonly ShownOverride[]; now: Date; revoke: (overrideId: string) => ReactNode }) {
  if (overrides.length === 0) return <EmptyState kind="nothing_yet" title="No override was ever set." />;
  return (
    <Rows>
      {overrides.map((override) => (
        <li key={override.id} className="row row-marked">
          <StatusShape kind={override.isInForce ? "info" : "expired"} />
          <div className="col-span-2 min-w-0">
            <div className="row-title">{CONSTRAINT_NAMES[override.source]}: {override.level}</div>
            <div className="row-detail">{override.reason}</div>
            <div className="row-detail">By {override.createdBy}, <Time at={override.createdAt} show="moment" now={now} />. <Ending override={override} now={now} /></div>
            {override.isInForce && <div className="mt-2">{revoke(override.id)}</div>}
          </div>
        </li>
      ))}
    </Rows>
  );
}

function Ending({ override, now }: { override: ShownOverride; now: Date }) {
  if (override.revokedAt) return <>Revoked by {override.revokedBy}, <Time at={override.revokedAt} show="moment" now={now} />.</>;
  return <>{override.isInForce ? "Ends" : "Ended"} <Time at={override.expiresAt} show="both" now={now} />.</>;
}
