import type { StatusKind } from "@/components/ui/status-mark.tsx";
import type { RangeWord } from "@/lib/domain/usual-range.ts";
import { formatNanoUsd, formatNumber, formatPercent } from "@/lib/format.ts";

export type ShownFigure = "success" | "intervention" | "escalation" | "cost" | "incidents";

export const FIGURE_WORDS: Readonly<Record<ShownFigure, { name: string; basis: string; of: string }>> = {
  success: { name: "Success", basis: "of the runs whose outcome is known", of: "Outcomes known" },
  intervention: { name: "Interventions", basis: "of all runs, by a person", of: "Runs" },
  escalation: { name: "Escalations", basis: "of all runs; more and fewer both count", of: "Runs" },
  cost: { name: "Cost per task", basis: "of runs whose cost is known", of: "Costs known" },
  incidents: { name: "Incidents", basis: "stops, unreviewed changes and forbidden actions a week, of all versions", of: "Runs" },
};

export const WORD_MARKS: Readonly<Record<RangeWord, StatusKind>> = {
  "within its usual range": "met", "special cause, worse": "warning", "special cause, better": "proven", "not enough data": "unknown",
};

export function formatQuality(figure: ShownFigure, value: number | null): string {
  if (value === null) return "no data";
  if (figure === "cost") return formatNanoUsd(Math.round(value));
  return figure === "incidents" ? formatNumber(value, 1) : formatPercent(value);
}
