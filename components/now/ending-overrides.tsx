import { Card } from "@/components/ui/card.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { CONSTRAINT_NAMES, type ConstraintSource } from "@/lib/domain/authority.ts";
import { paths } from "@/lib/paths.ts";

export interface Ending {
  count: number;
  overrides: readonly { id: string; agentId: string; source: string; level: string; endsAt: string }[];
}

const nameOf = (source: string): string => (Object.hasOwn(CONSTRAINT_NAMES, source) ? CONSTRAINT_NAMES[source as ConstraintSource].toLowerCase() : source);

/** When an override ends the agent falls back without anybody doing anything; whoever needs it longer acts before. */
export function EndingOverrides({ ending: { count, overrides }, checkedAt }: { ending: Ending; checkedAt: string }) {
  if (count === 0) return null;
  return (
    <Card title="Overrides that end within a day" meta={count}>
      <Rows>
        {overrides.map(({ id, agentId, source, level, endsAt }) => (
          <Row key={id} mark="info" href={`${paths.agentAuthority(agentId)}#overrides`} title={agentId} detail={<>{level} instead of its {nameOf(source)}, ends <Time at={endsAt} now={checkedAt} /></>} />
        ))}
      </Rows>
      {count > overrides.length && <p className="card-foot">The {overrides.length} that end first are shown.</p>}
    </Card>
  );
}
