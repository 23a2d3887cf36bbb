import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";

export function NoSettingsAccess({ title, reason }: { title: string; reason: string }) {
  return (
    <>
      <PageHead title={title} />
      <Card>
        <EmptyState kind="unknown" title="You may not see this.">{reason}</EmptyState>
      </Card>
    </>
  );
}
