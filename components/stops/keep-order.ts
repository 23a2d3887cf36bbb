import { writeStopScope } from "../../lib/domain/stop-scope.ts";
import type { SheetChoice } from "./choices-query.ts";

/** The rows stay where they were first shown and take the newest counts; what came later goes to the end. */
export function keepOrder(first: readonly SheetChoice[], latest: readonly SheetChoice[]): SheetChoice[] {
  const newest = new Map(latest.map((choice) => [writeStopScope(choice), choice]));
  const kept = first.map((choice) => newest.get(writeStopScope(choice)) ?? choice);
  const shown = new Set(kept.map(writeStopScope));
  return [...kept, ...latest.filter((choice) => !shown.has(writeStopScope(choice)))];
}
