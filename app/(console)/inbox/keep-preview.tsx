"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ItemPreview } from "@/lib/domain/item-preview.ts";
import { previewQuery } from "./preview-query.ts";

/** What came with the page is not asked for once more. */
export function KeepPreview({ itemKey, preview }: { itemKey: string; preview: ItemPreview }) {
  const client = useQueryClient();
  useEffect(() => {
    const { queryKey } = previewQuery(itemKey);
    if (client.getQueryData(queryKey) === undefined) client.setQueryData(queryKey, preview);
  }, [client, itemKey, preview]);
  return null;
}
