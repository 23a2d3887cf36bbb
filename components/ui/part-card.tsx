import type { ReactNode } from "react";
import type { Part } from "@/lib/read-parts.ts";
import { Card } from "./card.tsx";
import { ErrorState } from "./error-state.tsx";
import { RefreshButton } from "./refresh-button.tsx";

interface PartCardProps<Value> {
  part: Part<Value>;
  /** As the card is called that stands here otherwise. */
  title: string;
  className?: string | undefined;
  /** What cannot be known now, where that matters; a sentence. */
  unknown?: string | undefined;
  children: (value: Value) => ReactNode;
}

/** What a part of the page shows, or that it could not be read, in its own place. */
export function PartCard<Value>({ part, title, className, unknown = "", children }: PartCardProps<Value>) {
  if (part.ok) return children(part.value);
  return (
    <Card title={title} className={className}>
      <ErrorState title="This part could not be read." reference={part.reference} action={<RefreshButton />}>{`${unknown} The rest of the page is as it was read just now.`.trim()}</ErrorState>
    </Card>
  );
}
