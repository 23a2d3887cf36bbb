import type { ReactNode } from "react";
import { Link } from "@/components/ui/link.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";

/** Beside the list, what the page of one item says first. Nothing is decided here: that is done in the row, or where all of it is read. */
export function PeekFrame({ item, children }: { item: Pick<InboxItem, "href" | "sentence">; children: ReactNode }) {
  return (
    <section className="inbox-peek" aria-label="Beside the list" tabIndex={0}>
      <h2 className="inbox-peek-title"><Link className="link" href={item.href}><NamedText text={item.sentence} /></Link></h2>
      {children}
    </section>
  );
}
