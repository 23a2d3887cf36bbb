import type { InboxItem } from "@/lib/domain/inbox-item.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { databaseNow } from "@/lib/database/database-now.ts";
import { describeError, logger } from "@/lib/logger.ts";
import { findItemPreview } from "@/lib/queries/item-preview.ts";
import { KeepPreview } from "./keep-preview.tsx";
import { PeekBody } from "./peek-body.tsx";
import { PeekFrame } from "./peek-frame.tsx";

/** Comes with the page, so that what is largest on it waits for no script. Where it cannot be read, the window asks by itself and says so. */
export async function FirstPeek({ item, actor }: { item: InboxItem; actor: PersonActor }) {
  const preview = await databaseNow().then((now) => findItemPreview(item.key, actor, now)).catch((error: unknown) => {
    logger().warn(describeError(error), "what stands beside the list could not be read with the page");
    return null;
  });
  return preview && <PeekFrame item={item}><KeepPreview itemKey={item.key} preview={preview} /><PeekBody preview={preview} /></PeekFrame>;
}
