import type { Metadata } from "next";
import { PolicyEditor } from "@/components/review-policy/policy-editor-lazy.tsx";
import { PolicyHistory } from "@/components/review-policy/policy-history.tsx";
import { PolicyLimits, PolicyRules } from "@/components/review-policy/policy-rules.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { Time } from "@/components/ui/time.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { getReviewPolicy, listPastChanges, type PolicyView } from "@/lib/queries/review-policy.ts";
import { proposePolicyAction } from "./actions.ts";

export const metadata: Metadata = { title: "Re-review policy" };

export default async function ReviewPolicyPage({ searchParams }: { searchParams: Promise<{ draft?: string | string[] }> }) {
  const actor = await requireSignedIn(paths.settingsReviewPolicy());
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see the re-review policy.">{answer.reason}</EmptyState>;
  const isDraft = (await searchParams).draft !== undefined;
  const view = await getReviewPolicy();
  const { propose } = await permits(actor, null, { propose: "review_policy:propose" });
  return (
    <>
      <PageHead title="Re-review policy" lead="Which change needs what: the facts of a difference decide its class, and the class what must happen before it counts. The policy itself changes only by review." />
      <Tabs isPage label="Re-review policy" tabs={[{ href: paths.settingsReviewPolicy(), label: "In force", isCurrent: !isDraft }, { href: `${paths.settingsReviewPolicy()}?draft=1`, label: "Propose another", isCurrent: isDraft }]} />
      {isDraft ? <Draft view={view} cannot={propose.ok ? null : propose.reason} /> : <InForce view={view} />}
    </>
  );
}

function OpenProposal({ open }: { open: NonNullable<PolicyView["open"]> }) {
  return (
    <FormMessage kind="info" title="A proposal waits for a decision.">
      By {open.authorName}, <Time at={open.proposedAt} />. <Link className="link" href={paths.change(open.id)}>Look at it</Link>
    </FormMessage>
  );
}

function InForce({ view }: { view: PolicyView }) {
  return (
    <div className="cols">
      <div className="stack">
        {view.open && <OpenProposal open={view.open} />}
        <PolicyRules policy={view.policy} revision={view.revision} />
      </div>
      <aside className="stack" aria-label="Limits and revisions">
        <PolicyLimits policy={view.policy} />
        <PolicyHistory revisions={view.revisions} />
      </aside>
    </div>
  );
}

async function Draft({ view, cannot }: { view: PolicyView; cannot: string | null }) {
  const past = await listPastChanges();
  return (
    <div className="stack">
      {view.open && <OpenProposal open={view.open} />}
      <PolicyEditor
        inForce={view.policy} past={past} now={new Date().toISOString()} action={proposePolicyAction}
        cannot={cannot ?? (view.open ? "A proposal is open already. Decide or withdraw it first." : null)}
      />
    </div>
  );
}
