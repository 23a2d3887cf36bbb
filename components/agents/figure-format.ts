import { FIGURE_DEFINITIONS, type Figure } from "@/lib/domain/figures.ts";
import { formatDurationMs, formatNanoUsd, formatPercent, formatTokens } from "@/lib/format.ts";

export function formatFigure(figure: Figure, value: number | null): string {
  if (value === null) return "no data";
  const { unit } = FIGURE_DEFINITIONS[figure];
  if (unit === "share") return formatPercent(value);
  if (unit === "nano_usd") return formatNanoUsd(Math.round(value));
  return unit === "ms" ? formatDurationMs(value) : formatTokens(Math.round(value));
}

/** "5.5 to 8.9": the unit stands beside the value above; two units are both written. */
export function formatFigureRange(figure: Figure, low: number, high: number): string {
  const [from, to] = [formatFigure(figure, low), formatFigure(figure, high)];
  const unit = to.lastIndexOf(" ") === -1 ? "" : to.slice(to.lastIndexOf(" "));
  const isShared = unit !== "" && from.endsWith(unit) && !from.slice(0, -unit.length).includes(" ");
  return isShared ? `${from.slice(0, -unit.length)} to ${to.slice(0, -unit.length)}` : `${from} to ${to}`;
}
