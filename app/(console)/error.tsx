"use client";

import { Button, LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { ErrorState } from "@/components/ui/error-state.tsx";
import { paths } from "@/lib/paths.ts";

export default function ConsoleError({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <Card>
      <ErrorState
        level={1}
        title="This page could not be loaded."
        reference={error.digest}
        action={
          <>
            <Button onClick={retry}>Try again</Button>
            <LinkButton variant="quiet" href={paths.home()}>
              Go to the start
            </LinkButton>
          </>
        }
      >
        Nothing was changed. When the database cannot be reached, this helps in a moment; otherwise the reference finds the cause in the server’s log.
      </ErrorState>
    </Card>
  );
}
