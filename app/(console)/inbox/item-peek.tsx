"use client";

import { useQuery } from "@tanstack/react-query";
import { askConsole } from "@/components/layout/ask-console.ts";
import { WAITING_KINDS } from "@/components/layout/waiting-kinds.ts";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";
import type { ItemPreview } from "@/lib/domain/item-preview.ts";
import { PeekBody } from "./peek-body.tsx";
import { previewAddress } from "./preview-address.ts";

const previewQuery = (key: string) => ({
  queryKey: ["item-preview", key], queryFn: ({ signal }: { signal: AbortSignal }) => askConsole<ItemPreview>(previewAddress(key), signal), staleTime: 5_000, meta: { movesWith: WAITING_KINDS },
});

/** Beside the list, what the page of one item says first. Nothing is decided here: that is done in the row, or where all of it is read. */
export function ItemPeek({ item }: { item: InboxItem }) {
  const { data, isError, refetch } = useQuery(previewQuery(item.key));
  return (
    <section className="inbox-peek" aria-label="Beside the list" tabIndex={0}>
      <h2 className="inbox-peek-title"><Link className="link" href={item.href}><NamedText text={item.sentence} /></Link></h2>
      {data === undefined && !isError && <SkeletonRows rows={5} />}
      {data === undefined && isError && <FormMessage kind="warning" title="It could not be read."><button type="button" className="link" onClick={() => void refetch()}>Try again</button>, or open its page.</FormMessage>}
      {data && <PeekBody preview={data} />}
    </section>
  );
}
