import type { CSSProperties } from "react";
import { classNames } from "@/components/ui/class-names.ts";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import type { CanaryPlan, StagePlan } from "@/lib/domain/canary-plan.ts";
import { isOpenRollout, type RolloutState } from "@/lib/domain/rollout-state.ts";
import { formatCount, formatNumber, formatPercent } from "@/lib/format.ts";
import { approverWord, STATE_MARKS } from "./rollout-words.ts";
import type { ShownEvent, ShownStageTasks } from "./shown-rollout.ts";

interface StageStripProps {
  plan: CanaryPlan;
  state: RolloutState;
  stageIndex: number;
  exposure: number;
  stepSince: Date | null;
  tasks: readonly ShownStageTasks[];
  events: readonly ShownEvent[];
  now: Date;
}

/** Where it stands: what is behind it, the stage it is in with its tasks, and what each later one needs. */
export function StageStrip({ plan, state, stageIndex, exposure, stepSince, tasks, events, now }: StageStripProps) {
  return (
    <ol className="stages" aria-label="Stages">
      {plan.stages.map((stage, index) => {
        const name = `${stage.stage.charAt(0).toUpperCase()}${stage.stage.slice(1)}`;
        const known = tasks.find((one) => one.stageIndex === index && one.arm === "candidate")?.known ?? 0;
        const isDone = index < stageIndex || state === "completed";
        const isHere = index === stageIndex && !isDone && state !== "planned";
        const part = { "--part": `${Math.min(100, (known / stage.minimumTasks) * 100)}%` } as CSSProperties;
        return (
          <li key={stage.stage} className={classNames(isDone && "is-done", isHere && !isOpenRollout(state) && "is-still")} style={isHere ? part : undefined} aria-current={isHere ? "step" : undefined}>
            {isDone && <StatusMark kind="met">{name}</StatusMark>}
            {isHere && <StatusMark kind={STATE_MARKS[state].kind} className="font-medium">{stage.exposures.length === 0 || exposure === 0 ? name : `${name}, ${formatPercent(exposure)} of tasks`}</StatusMark>}
            {!isDone && !isHere && <span className="text-fg-2">{name}{exposureWords(stage)}</span>}
            <span className="meta">
              {isDone && <DoneWords index={index} events={events} known={known} isShadow={stage.stage === "shadow"} now={now} />}
              {isHere && <>{stepSince !== null && <>since <Time at={stepSince} show="moment" now={now} />, </>}{formatNumber(known)} of at least {formatCount(stage.minimumTasks, "task")}</>}
              {!isDone && !isHere && needs(stage)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const exposureWords = ({ exposures }: StagePlan): string => (exposures.length === 0 ? ", nothing executes" : `, ${exposures.map((share) => formatNumber(share * 100, 1)).join(", ")} %`);

const needs = ({ minimumTasks, approver }: StagePlan): string => `needs ${formatCount(minimumTasks, "task")}${approver === "nobody" ? "" : ` and ${approverWord(approver)}`}`;

function DoneWords({ index, events, known, isShadow, now }: { index: number; events: readonly ShownEvent[]; known: number; isShadow: boolean; now: Date }) {
  const oldestFirst = events.toReversed();
  const from = oldestFirst.find(({ stageIndex, kind }) => stageIndex === index && kind !== "planned")?.at;
  const to = oldestFirst.find(({ stageIndex }) => stageIndex > index)?.at ?? oldestFirst.find(({ kind }) => kind === "completed")?.at;
  return (
    <>
      {from && to && <><Time at={from} show="moment" now={now} /> to <Time at={to} show="moment" now={now} />, </>}
      {formatCount(known, isShadow ? "task compared" : "task", isShadow ? "tasks compared" : "tasks")}
    </>
  );
}
