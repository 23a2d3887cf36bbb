import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { DIFF_TABS, unchangedWords, type DiffSection, type DiffTab, type LaidOutRecipes } from "@/lib/domain/lay-out-diff.ts";
import { paths } from "@/lib/paths.ts";
import { DiffRows } from "./diff-rows.tsx";

const TAB_NAMES: Record<DiffTab, string> = { prompt: "Prompt", tools: "Tools", policy: "Policy", model: "Model", other: "Other" };

interface DiffCardProps {
  changeId: string;
  recipes: LaidOutRecipes;
  tab: DiffTab | null;
  isWhole: boolean;
  /** The version that the reader approved, where it is compared with that one instead of the live one. */
  approvedNumber: number | null;
}

export function DiffCard({ changeId, recipes, tab, isWhole, approvedNumber }: DiffCardProps) {
  const all = recipes.sections.reduce((sum, section) => sum + section.edits, 0);
  const href = (to: DiffTab | null, whole = isWhole) => paths.change(changeId, { since: approvedNumber === null ? undefined : "approved", tab: to ?? undefined, lines: whole ? "all" : undefined });
  const tabs = [
    { href: href(null), label: "All", count: all, isCurrent: tab === null },
    ...DIFF_TABS.map((key) => ({ href: href(key), label: TAB_NAMES[key], count: recipes.counts[key], isCurrent: tab === key })),
  ];
  const other = approvedNumber === null ? "the live version" : `version ${approvedNumber}, which you approved`;
  const shown = recipes.sections.filter((section) => tab === null || section.tab === tab);
  return (
    <Card className="o5" id="diff">
      <h2 className="sr-only">What differs</h2>
      {approvedNumber !== null && <p className="dense px-4 pt-3 text-fg-2">Compared with {other}.</p>}
      <Tabs label="Components" tabs={tabs} />
      {shown.length === 0 && (
        <EmptyState kind="nothing_yet" title={tab === null ? `No difference from ${other}.` : `Nothing differs under ${TAB_NAMES[tab]}.`}>
          {unchangedSentence(recipes)}
        </EmptyState>
      )}
      {shown.map((section) => <Section key={section.id} section={section} />)}
      {shown.length > 0 && (
        <div className="card-foot">
          <span className="min-w-0 flex-1 max-sm:basis-full">{unchangedSentence(recipes)}</span>
          <Link className="link inline-flex min-h-6 items-center" href={href(tab, !isWhole)} scroll={false}>
            {isWhole ? "Fold unchanged lines" : "Show unchanged lines"}
          </Link>
        </div>
      )}
    </Card>
  );
}

function Section({ section }: { section: DiffSection }) {
  const digest = (value: string | null): string => (value === null ? "none" : shortFingerprint(value, 4));
  return (
    <section className="diff-section" id={section.id} aria-label={section.title}>
      <div className="diff-head">
        <h3 className={section.kind === "tool" ? "mono" : undefined}>{section.title}</h3>
        <span className="dense text-fg-3">{section.summary}</span>
        <span className="meta mono">
          {digest(section.fromDigest)} → {digest(section.toDigest)}
        </span>
      </div>
      <DiffRows rows={section.rows} isNamed={!section.isText} />
    </section>
  );
}

function unchangedSentence(recipes: LaidOutRecipes): string {
  const words = unchangedWords(recipes);
  return words === null ? "No component is the same in both." : `Unchanged: ${words}`;
}
