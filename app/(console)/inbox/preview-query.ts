import { askConsole } from "@/components/layout/ask-console.ts";
import { WAITING_KINDS } from "@/components/layout/waiting-kinds.ts";
import type { ItemPreview } from "@/lib/domain/item-preview.ts";

export const previewQuery = (key: string) => ({
  queryKey: ["item-preview", key], queryFn: ({ signal }: { signal: AbortSignal }) => askConsole<ItemPreview>(`/api/console/items/${encodeURIComponent(key)}/preview`, signal), staleTime: 5_000, meta: { movesWith: WAITING_KINDS },
});
