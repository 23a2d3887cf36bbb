import type { ReactNode } from "react";
import { Card } from "@/components/ui/card.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { Link } from "@/components/ui/link.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { isOpenRollout } from "@/lib/domain/rollout-state.ts";
import { formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { STATE_MARKS } from "./rollout-words.ts";
import type { ListedRollout } from "./shown-rollout.ts";

interface ChangeStepsProps {
  change: { state: string; decidedBy: string | null; decidedAt: Date | null; toNumber: number };
  /** The obligations ask for one. */
  asksForCanary: boolean;
  rollout: ListedRollout | null;
  now: Date;
}

interface Step {
  name: string;
  kind: StatusKind;
  isDone: boolean;
  isHere: boolean;
  detail: ReactNode;
}

/** Approved is not in use, and in use by some tasks is not in effect: three steps, each with its time and who did it. */
export function ChangeSteps(props: ChangeStepsProps) {
  const steps = [approveStep(props), rollOutStep(props), effectStep(props)];
  return (
    <Card className="o3">
      <ol className="stages" aria-label="From approval to effect">
        {steps.map(({ name, kind, isDone, isHere, detail }) => (
          <li key={name} className={classNames(isDone && "is-done")} aria-current={isHere ? "step" : undefined}>
            {isDone || isHere ? <StatusMark kind={kind} className={isHere ? "font-medium" : undefined}>{name}</StatusMark> : <span className="text-fg-2">{name}</span>}
            <span className="meta">{detail}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

const who = (by: string): string => by.replace(/^system:.*/, "Holdpoint");

function approveStep({ change: { state, decidedBy, decidedAt }, now }: ChangeStepsProps): Step {
  const isDone = state === "approved";
  if (state === "open") return { name: "Approve", kind: "waiting", isDone, isHere: true, detail: "waits for its obligations" };
  return { name: isDone ? "Approved" : "Not approved", kind: isDone ? "met" : "rejected", isDone, isHere: !isDone, detail: <>{decidedBy !== null && who(decidedBy)}{decidedAt !== null && <>, <Time at={decidedAt} show="moment" now={now} /></>}</> };
}

function rollOutStep({ change, asksForCanary, rollout, now }: ChangeStepsProps): Step {
  if (rollout === null) {
    const isSkipped = !asksForCanary || change.state === "approved";
    return { name: isSkipped ? "No rollout" : "Roll out", kind: "met", isDone: isSkipped && change.state === "approved", isHere: false, detail: isSkipped ? "none is needed" : "in stages, beside the current version" };
  }
  const { word, kind } = STATE_MARKS[rollout.state];
  const stage = rollout.plan.stages[rollout.stageIndex]?.stage;
  const at = rollout.endedAt ?? rollout.startedAt;
  const isDone = rollout.state === "completed";
  return {
    name: isDone ? "Rolled out" : word, kind: isDone ? "met" : kind, isDone, isHere: !isDone,
    detail: (
      <>
        {rollout.state === "running" && <>{stage}{rollout.exposure > 0 && `, ${formatPercent(rollout.exposure)} of tasks`}, </>}
        {at === null ? "waits for somebody to start it" : <Time at={at} show="moment" now={now} />}. <Link className="link" href={paths.rollout(rollout.id)}>The rollout</Link>
      </>
    ),
  };
}

function effectStep({ change, rollout, now }: ChangeStepsProps): Step {
  const at = change.state !== "approved" ? null : rollout === null ? change.decidedAt : rollout.state === "completed" ? rollout.endedAt : null;
  if (at !== null) return { name: "In effect", kind: "met", isDone: true, isHere: false, detail: <><Time at={at} show="moment" now={now} />, version {change.toNumber}</> };
  const isOver = change.state !== "open" && (change.state !== "approved" || (rollout !== null && !isOpenRollout(rollout.state)));
  return { name: isOver ? "Not in effect" : "In effect", kind: "open", isDone: false, isHere: false, detail: isOver ? "the version before it goes on" : "not yet" };
}
