import type { Metadata } from "next";
import { UndoTable } from "@/components/actions/undo-table.tsx";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { listUndos } from "@/lib/queries/undos.ts";

export const metadata: Metadata = { title: "Reversals" };

export default async function UndosPage() {
  const actor = await requireSignedIn(paths.undos());
  const answer = may(actor, "action:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see actions.">{answer.reason}</EmptyState>;
  const now = new Date();
  const rows = await listUndos();
  return (
    <>
      <PageHead title="Reversals" lead="What was taken back in the real systems, and what is still to be done." actions={<LinkButton href={paths.actions()}>All actions</LinkButton>} />
      <ReadAgain list="undos" readAtMs={now.getTime()}>
        <Card>
          <UndoTable rows={rows} empty={<EmptyState kind="nothing_yet" title="Nothing was ever taken back.">A reversal begins on the page of an action that is done.</EmptyState>} />
        </Card>
      </ReadAgain>
    </>
  );
}
