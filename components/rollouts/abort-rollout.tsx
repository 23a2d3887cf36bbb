"use client";

import { Card, CardBody } from "@/components/ui/card.tsx";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { ReasonDialog } from "./reason-dialog.tsx";
import type { VersionNumbers } from "./shown-rollout.ts";

/** Apart from what brings it further, in place and in shape. An outdated page may do it too: it is the safe way. */
export function AbortRollout({ rolloutId, versions, may, action }: { rolloutId: string; versions: VersionNumbers; may: Answer; action: FormAction }) {
  const { current, candidate } = versions;
  return (
    <Card id="abort">
      <CardBody className="abort">
        <div className="max-w-[72ch]">
          <h2 className="text-body font-semibold">Abort this rollout</h2>
          <p className="dense text-pretty text-fg-2">{candidate} gets no more tasks, and {current} does them all. What {candidate} has done stays; it can be taken back from its actions.</p>
        </div>
        <ReasonDialog
          label={<><StatusShape kind="stopped" className="size-4" />Abort, back to {current}</>} title={`Abort, back to ${current}`} submitLabel="Abort" pendingLabel="Aborting…" rolloutId={rolloutId} action={action}
          disabledReason={may.ok ? undefined : may.reason} effect={`${candidate} goes to 0 % of tasks at once and is no longer approved. The change can be proposed again.`}
        />
      </CardBody>
    </Card>
  );
}
