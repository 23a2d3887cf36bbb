"use client";

import { useActionState, useState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { SelectField, TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { formFields } from "./form-fields.ts";

interface OverrideFormProps {
  agentId: string;
  action: FormAction;
  permission: Answer;
}

const SOURCES = [
  { value: "open_change", label: "Open change" }, { value: "unreviewed_change", label: "Unreviewed change" }, { value: "card", label: "Agent card" },
  { value: "stage", label: "Autonomy stage" }, { value: "override", label: "A limit of its own" },
];
const LEVELS = ["shadow", "assisted", "partial", "bounded"].map((value) => ({ value, label: value }));
const HOURS = [["1", "in 1 hour"], ["4", "in 4 hours"], ["24", "in 24 hours"], ["72", "in 3 days"], ["168", "in 7 days"], ["720", "in 30 days"]].map(([value = "", label = ""]) => ({ value, label }));

/** An explicit, expiring exception, with a name under it. */
export function OverrideForm({ agentId, action, permission }: OverrideFormProps) {
  const [state, submit] = useActionState(action, { status: "idle" });
  const field = formFields(state);
  const [chosen, setChosen] = useState("open_change");
  const stale = useStaleReason();
  // It never raises anything.
  const notNow = chosen === "override" || stale === null ? undefined : `${stale} A limit of its own can be set at any time.`;
  const select = (name: string, stored: string) => {
    const { error, defaultValue } = field(name, stored);
    return { name, error, defaultValue, key: `${name} ${defaultValue}` };
  };
  const { key: sourceKey, ...source } = select("source", "open_change");
  const { key: levelKey, ...level } = select("level", "assisted");
  const { key: hoursKey, ...hours } = select("hours", "4");
  return (
    <form action={submit} className="form-stack" onReset={() => setChosen(source.defaultValue)}>
      <input type="hidden" name="agentId" value={agentId} />
      <p className="dense text-fg-2">It raises or lowers one named constraint until it ends. What it raises of a stage or an open change ends with the version or the proposal that it was made for. It never lifts a kill switch and never exceeds the tier. It is logged and shown wherever the agent is shown.</p>
      <div className="form-cols">
        <SelectField key={sourceKey} {...source} label="Constraint" options={SOURCES} onChange={(event) => setChosen(event.target.value)} />
        <SelectField key={levelKey} {...level} label="Allows at most" options={LEVELS} />
      </div>
      <SelectField key={hoursKey} {...hours} label="Ends" options={HOURS} />
      <TextAreaField {...field("reason")} label="Reason" hint="At least ten characters. It is shown to everybody who looks at the agent." required minLength={10} maxLength={1_000} />
      <FormResult state={state} />
      <div className="actions"><SubmitButton pendingLabel="Setting…" disabledReason={permission.ok ? notNow : permission.reason}>Set override</SubmitButton></div>
    </form>
  );
}
