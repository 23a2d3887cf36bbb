"use client";

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useContext, type ReactNode } from "react";
import { ShownItem } from "@/components/inbox/shown-item.ts";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";
import { previewQuery } from "./preview-query.ts";

/** Nobody needs it where there is no room beside the list. */
const ItemPeek = lazy(() => import("./item-peek.tsx").then((module) => ({ default: module.ItemPeek })));

/** `first`: what came with the page, of the item `firstKey`. It stands until the window knows better; the style sheet hides it where there is no room. */
export function PeekSlot({ firstKey, first }: { firstKey: string; first: ReactNode }) {
  const shown = useContext(ShownItem);
  if (shown === undefined) return first;
  return shown && <Peek key={shown.key} item={shown} first={shown.key === firstKey ? first : null} />;
}

function Peek({ item, first }: { item: InboxItem; first: ReactNode }) {
  const { data, isError, refetch } = useQuery(previewQuery(item.key));
  if (data === undefined && !isError && first !== null) return first;
  return <Suspense fallback={first}><ItemPeek item={item} preview={data} isError={isError} onRetry={() => void refetch()} /></Suspense>;
}
