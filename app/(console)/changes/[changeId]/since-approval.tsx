import { CameBack } from "@/components/changes/came-back.tsx";
import { DiffCard } from "@/components/changes/diff-card.tsx";
import { DIFF_TABS, type LaidOutRecipes } from "@/lib/domain/lay-out-diff.ts";
import { paths } from "@/lib/paths.ts";
import { layOutChange, type ChangeView } from "@/lib/queries/change.ts";

interface SinceApproval {
  number: number;
  recipes: LaidOutRecipes | null;
}

/** What differs from the version that they approved before it came back. */
export async function sinceApproval({ change, cameBack }: ChangeView, isWhole: boolean): Promise<SinceApproval | null> {
  const approved = cameBack?.approved ?? null;
  return approved && { number: approved.number, recipes: await layOutChange({ fromVersionId: approved.id, toVersionId: change.toVersionId }, isWhole) };
}

export function Back({ view: { change, cameBack, approve }, isCompared }: { view: ChangeView; isCompared: boolean }) {
  if (cameBack === null) return null;
  const diffHref = isCompared ? paths.change(change.id) : `${paths.change(change.id, { since: "approved" })}#diff`;
  return <CameBack why={cameBack.why} approvedAt={cameBack.approvedAt} approvedNumber={cameBack.approved?.number ?? null} isYours={approve.ok} isCompared={isCompared} diffHref={diffHref} />;
}

export function Diff({ changeId, recipes, sinceApproved, tab, isWhole }: { changeId: string; recipes: LaidOutRecipes | null; sinceApproved: SinceApproval | null; tab: string | string[] | undefined; isWhole: boolean }) {
  const shown = sinceApproved?.recipes ?? recipes;
  return shown && <DiffCard changeId={changeId} recipes={shown} tab={DIFF_TABS.find((each) => each === tab) ?? null} isWhole={isWhole} approvedNumber={sinceApproved?.number ?? null} />;
}
