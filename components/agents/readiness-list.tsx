import { Link } from "@/components/ui/link.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { LATER_ITEMS, type ReadinessItem, type ReadinessStep } from "@/lib/domain/readiness.ts";
import { paths } from "@/lib/paths.ts";

const whereTo = (agentId: string): Record<ReadinessItem, string> => ({
  card: paths.agentCard(agentId), owners: `${paths.agentCard(agentId)}#owners`, tier: paths.tierGuide(agentId), version: paths.registerVersion(agentId),
  approval: paths.changes({ agent: agentId }), traces: paths.settingsKeys({ agent: agentId }), outcome: paths.runs({ agent: agentId }),
  policy: paths.agentPolicy(agentId), gate: paths.settingsKeys({ agent: agentId }), canary: paths.rollouts({ agent: agentId }), stop: paths.stops({ agent: agentId }),
});

/** `isOpenOnly`: only what is left to do. */
export function ReadinessList({ agentId, steps, isOpenOnly = false }: { agentId: string; steps: readonly ReadinessStep[]; isOpenOnly?: boolean }) {
  const hrefs = whereTo(agentId);
  return (
    <Rows label="Readiness">
      {steps.filter((step) => !isOpenOnly || !step.isDone).map((step) => (
        <li key={step.item} className="grid gap-0.5 px-4 py-2.5">
          <span className="flex flex-wrap items-baseline justify-between gap-x-3">
            {step.isDone ? <span className="font-medium">{step.name}</span> : <Link className="link inline-flex min-h-6 items-center font-medium" href={hrefs[step.item]}>{step.name}</Link>}
            <StatusMark kind={step.isDone ? "met" : "open"}>{step.isDone ? "Done" : "Open"}</StatusMark>
          </span>
          <span className="dense text-fg-2">{step.detail}</span>
        </li>
      ))}
    </Rows>
  );
}

export function LaterList() {
  return (
    <Rows label="Later">
      {LATER_ITEMS.map((item) => (
        <li key={item.name} className="grid gap-0.5 px-4 py-2.5 text-fg-3">
          <span className="font-medium">{item.name}</span>
          <span className="dense">Needs: {item.needs}</span>
        </li>
      ))}
    </Rows>
  );
}
