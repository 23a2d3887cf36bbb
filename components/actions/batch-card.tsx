"use client";

import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { BatchForm, sumSentence, type Batch } from "@/components/ui/batch-form.tsx";
import { Card } from "@/components/ui/card.tsx";
import { DialogButton } from "@/components/ui/dialog.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";

export interface BatchLine extends Batch {
  key: string;
  agentId: string;
  tool: string;
}

/** Never a box for everything: each line is one tool of one agent under the same policies. */
export function BatchCard({ batches, action }: { batches: readonly BatchLine[]; action: FormAction }) {
  const stale = useStaleReason();
  return (
    <Card title="Alike" meta="what waits for you and can be decided together">
      <Rows label="Alike">
        {batches.map((batch) => (
          <li key={batch.key} className="flex flex-wrap items-center justify-between gap-3 px-4 py-2.5">
            <div className="min-w-0">
              <p><b>{batch.actions.length}</b> × <span className="mono">{batch.tool}</span> of <Link className="link" href={paths.agent(batch.agentId)}>{batch.agentId}</Link></p>
              <p className="meta">{sumSentence(batch)}</p>
            </div>
            <DialogButton
              label={`Approve ${batch.actions.length} together`} title={`Approve ${batch.actions.length} × ${batch.tool}`} isWide disabledReason={stale ?? undefined}
              description="Each is decided anew by policy and stops before it goes ahead. Whatever was decided elsewhere meanwhile is left out."
            >
              <BatchForm batch={batch} action={action} />
            </DialogButton>
          </li>
        ))}
      </Rows>
    </Card>
  );
}
