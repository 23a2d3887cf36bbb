"use client";

import { useActionState } from "react";
import { ChoiceField, type Choice } from "@/components/ui/choice-field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { pointNames, type MissingKey } from "@/lib/domain/missing-keys.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";

interface RevokeFormProps {
  stopId: string;
  /** That can still be used. */
  keys: readonly MissingKey[];
  action: FormAction;
}

/** All are chosen: whoever comes here wants them gone. What else loses its key stands beside each. */
export function RevokeForm({ stopId, keys, action }: RevokeFormProps) {
  const [state, send] = useActionState(action, { status: "idle" });
  return (
    <form action={send} className="grid max-w-[76ch] gap-4">
      <input type="hidden" name="stopId" value={stopId} />
      <ChoiceField name="keyIds[]" allows="several" label="Keys that points use which have not confirmed" choices={keys.map(choiceOf)} defaultValue={keys.map(({ id }) => id)} />
      <FormMessage kind="warning" title="A revoked key does not come back.">Without it a point gets no lease and no answer of the gate. That its process has ended is not proven by that: look where it runs.</FormMessage>
      <FormResult state={state} />
      <div className="actions">
        <SubmitButton variant="danger" pendingLabel="Revoking…">{keys.length === 1 ? "Revoke this key" : "Revoke these keys"}</SubmitButton>
        <Link className="btn btn-quiet" href={paths.stopOf(stopId)}>Back to the stop</Link>
      </div>
    </form>
  );
}

function choiceOf({ id, name, hint, points, others }: MissingKey): Choice {
  const beside = others.length === 0 ? "No other live point uses it." : `${formatCount(others.length, "other live point uses", "other live points use")} it and will close, too: ${pointNames(others)}.`;
  return { value: id, label: <><bdi>{name}</bdi> <span className="mono text-fg-3">{hint}</span></>, detail: `Used by ${pointNames(points)}. ${beside}` };
}
