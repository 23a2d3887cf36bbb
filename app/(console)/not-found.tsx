import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { paths } from "@/lib/paths.ts";

export default function ConsoleNotFound() {
  return (
    <>
      <PageHead title="Not found" />
      <Card>
        <EmptyState kind="nothing_yet" title="There is no such thing here." action={<LinkButton href={paths.home()}>Go to the start</LinkButton>}>
          The address may have been mistyped, or what it named is gone. An agent, a run or a change is found under its id.
        </EmptyState>
      </Card>
    </>
  );
}
