import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { paths } from "@/lib/paths.ts";

/** Only an address of the web becomes a link; whatever else was written stays text. */
const addressOf = (runbook: string): string | null => (/^https?:\/\/\S+$/.test(runbook.trim()) ? runbook.trim() : null);

/** What the person on call does, or where it is written. */
export function RunbookCard({ agentId, runbook }: { agentId: string; runbook: string }) {
  const address = addressOf(runbook);
  return (
    <Card title="Runbook" className="fourth">
      {runbook.trim() === "" ? <EmptyState kind="nothing_yet" title="No runbook yet." action={<Link className="link" href={paths.agentCard(agentId)}>Write it on the card</Link>} /> : (
        <CardBody>
          {address === null ? <UntrustedText text={runbook} maxLength={1_200} as="block" /> : <a className="link wrap-anywhere" href={address} rel="noreferrer noopener" target="_blank">{address}</a>}
        </CardBody>
      )}
    </Card>
  );
}
