"use client";

import { FormMessage } from "@/components/ui/form-message.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";
import type { ItemPreview } from "@/lib/domain/item-preview.ts";
import { PeekBody } from "./peek-body.tsx";
import { PeekFrame } from "./peek-frame.tsx";

interface ItemPeekProps {
  item: InboxItem;
  /** Undefined while it is read. */
  preview: ItemPreview | undefined;
  isError: boolean;
  onRetry: () => void;
}

export function ItemPeek({ item, preview, isError, onRetry }: ItemPeekProps) {
  return (
    <PeekFrame item={item}>
      {preview === undefined && !isError && <SkeletonRows rows={5} />}
      {preview === undefined && isError && <FormMessage kind="warning" title="It could not be read."><button type="button" className="link" onClick={onRetry}>Try again</button>, or open its page.</FormMessage>}
      {preview && <PeekBody preview={preview} />}
    </PeekFrame>
  );
}
