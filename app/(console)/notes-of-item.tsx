import { ItemNotes } from "@/components/inbox/item-notes.tsx";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { findItemNotes } from "@/lib/queries/item-triage.ts";
import { commentOnItemAction, giveItemBackAction, snoozeItemAction, takeItemAction, wakeItemAction } from "./item-actions.ts";

/** For the own page of whatever can wait in the inbox. */
export async function NotesOfItem({ itemKey, actor, now }: { itemKey: string; actor: PersonActor; now: Date }) {
  const notes = await findItemNotes(actor, itemKey, now);
  return notes && <ItemNotes key={itemKey} itemKey={itemKey} initial={notes} now={now.toISOString()} actions={{ takeItemAction, giveItemBackAction, snoozeItemAction, wakeItemAction, commentOnItemAction }} />;
}
