import type { ReactNode } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { AuthorityLevel } from "@/lib/domain/authority-level.ts";
import { isBelow } from "@/lib/domain/authority-level.ts";
import { paths } from "@/lib/paths.ts";

interface MeanwhileCardProps {
  agentId: string;
  fromNumber: number | null;
  toNumber: number | null;
  level: AuthorityLevel;
  without: AuthorityLevel;
  cap: AuthorityLevel | null;
  because: string;
  since: Date;
  ladder: ReactNode;
}

export function MeanwhileCard(props: MeanwhileCardProps) {
  return (
    <Card title="Meanwhile" className="o4" meta={<>since <Time at={props.since} show="moment" /></>}>
      <CardBody className="grid gap-4">
        <p className="dense text-pretty">
          <MeanwhileSentence {...props} />{" "}
          <Link className="link" href={paths.agentAuthority(props.agentId)}>
            All constraints
          </Link>
        </p>
        {props.ladder}
      </CardBody>
    </Card>
  );
}

function MeanwhileSentence({ agentId, fromNumber, toNumber, level, without, cap, because }: MeanwhileCardProps) {
  const running = fromNumber === null ? agentId : `${agentId} ${fromNumber}`;
  const candidate = toNumber === null ? null : ` Version ${toNumber} may run in shadow only.`;
  if (isBelow(level, without)) {
    return (
      <>
        <b>{running} is capped at {level}</b> <span className="text-fg-2">(it would be {without}) until this is decided.{candidate}</span>
      </>
    );
  }
  if (cap !== null) {
    return (
      <>
        <b>{running} stays at {level}</b>, <span className="text-fg-2">because {because}. This change alone would cap it at {cap} until it is decided.{candidate}</span>
      </>
    );
  }
  return (
    <>
      <b>{running} keeps its level, {level}</b>, <span className="text-fg-2">while this is open.{candidate}</span>
    </>
  );
}
