"use client";

import { useActionState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { SelectField, type Option } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { formatCount } from "@/lib/format.ts";
import { DrillLive } from "./drill-live.tsx";
import type { ShownDrill } from "./drill-result.tsx";
import type { FormAction } from "@/lib/server-action.ts";

interface DrillCardProps {
  scopes: readonly Option[];
  /** Agents that have a point and are not among them. */
  more: number;
  /** What the address asks for. */
  asked: string | undefined;
  /** The one that was started from here. */
  current: ShownDrill | null;
  disabledReason: string | undefined;
  action: FormAction;
}

const IDLE = { status: "idle" } as const;

/** Goes the way of a stop and stops nobody. Nothing here looks like the stop control. */
export function DrillCard({ scopes, more, asked, current, disabledReason, action }: DrillCardProps) {
  const [state, send] = useActionState(action, IDLE);
  return (
    <Card title="Rehearse a stop" actions={<Tag strong>Rehearsal</Tag>}>
      <CardBody className="grid gap-3">
        <p className="dense text-pretty text-fg-2">Every point of the scope is asked to answer as it would to a stop. Nobody is stopped, and nothing that runs is touched.</p>
        <form action={send} className="grid gap-3">
          <SelectField name="scope" label="What the rehearsal covers" options={scopes} defaultValue={scopes.some(({ value }) => value === asked) ? asked : scopes[0]?.value} hint={more > 0 ? `${formatCount(more, "more agent has", "more agents have")} points: narrow the enforcement points to one, and it stands here.` : undefined} />
          <FormResult state={state} />
          <div className="actions"><SubmitButton pendingLabel="Starting the rehearsal…" disabledReason={disabledReason}>Start the rehearsal</SubmitButton></div>
        </form>
      </CardBody>
      {current && <DrillLive key={current.id} initial={current} />}
    </Card>
  );
}
