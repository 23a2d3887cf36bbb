import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { CONSTRAINT_NAMES } from "@/lib/domain/authority.ts";
import { isCostKnown, type LimitState } from "@/lib/domain/forecast-spend.ts";
import { AT_LIMIT, isRateWorse, LIMIT_NAMES, whyUnknown } from "@/lib/domain/limit-words.ts";
import type { RangeWord } from "@/lib/domain/usual-range.ts";
import { formatCount, formatMinor, formatNanoUsd, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { BudgetBar } from "./budget-bar.tsx";
import type { PortfolioLine } from "./portfolio-line.ts";

const columns: readonly Column<PortfolioLine>[] = [
  { key: "agent", header: "Agent", cell: (row) => row.id },
  { key: "limit", header: "Limit", priority: 2, width: "172px", cell: (row) => <LimitCell row={row} /> },
  { key: "authority", header: "Tier and authority", priority: 4, cell: (row) => <AuthorityCell row={row} /> },
  { key: "spent", header: "Spent this month", isSelfEvident: true, width: "164px", cell: (row) => <SpentCell row={row} /> },
  { key: "forecast", header: "At month end", priority: 4, align: "right", cell: (row) => <ForecastCell row={row} /> },
  { key: "at-limit", header: "At 100 %", isSelfEvident: true, width: "104px", cell: () => AT_LIMIT },
  { key: "errors", header: "Errors", priority: 4, width: "132px", cell: (row) => <Range word={row.errors} /> },
  { key: "escalations", header: "Escalations", priority: 4, width: "132px", cell: (row) => <Range word={row.escalations} /> },
];

const LIMIT_MARKS: Record<LimitState, StatusKind> = { over: "critical", reaches: "warning", may_reach: "info", inside: "met", cannot_tell: "unknown" };

function LimitCell({ row }: { row: PortfolioLine }) {
  const { state } = row.limit;
  return (
    <>
      <StatusMark kind={LIMIT_MARKS[state]}>{LIMIT_NAMES[state]}</StatusMark>
      <span className="meta block max-sm:hidden">{daysOf(row)}</span>
      {isRateWorse(row) && <span className="portfolio-folded"><StatusMark kind="warning">Rates worse</StatusMark></span>}
    </>
  );
}

/** The budget begins anew each month: days beyond its end are no news. */
function daysOf({ limit }: PortfolioLine): string {
  if (limit.state === "cannot_tell") return whyUnknown(limit) ?? "";
  if (limit.state === "over") return "0 days until the limit";
  if (limit.state === "reaches") return `${formatCount(Math.floor(limit.days ?? 0), "day")} until the limit`;
  return limit.days === null ? "nothing is spent" : `${formatCount(Math.floor(limit.days), "day")} of spend left`;
}

function AuthorityCell({ row }: { row: PortfolioLine }) {
  return (
    <>
      {row.tier === null ? <span className="text-fg-3">no tier</span> : `Tier ${row.tier}`}, <b className="font-medium text-fg">{row.level}</b>
      <span className="meta block">by {CONSTRAINT_NAMES[row.binding].toLowerCase()}</span>
    </>
  );
}

function SpentCell({ row }: { row: PortfolioLine }) {
  const { spend, budget } = row;
  const unknown = spend.runs - spend.costKnownRuns;
  const spent = isCostKnown(spend) ? formatNanoUsd(spend.nanoUsd) : "unknown";
  return (
    <>
      <span className="whitespace-nowrap text-fg">{budget?.currency === "USD" ? spent.replace(/ USD$/, "") : spent}</span>{" "}
      <span className="whitespace-nowrap">{budget === null ? "no budget" : `of ${formatMinor(budget.amountMinor, budget.currency)}`}</span>
      <BudgetBar {...row} />
      {unknown > 0 && <span className="meta block max-sm:hidden">without {formatCount(unknown, "run")} of unknown cost</span>}
    </>
  );
}

function ForecastCell({ row: { forecast, spend } }: { row: PortfolioLine }) {
  if (!isCostKnown(spend)) return <span className="text-fg-3">unknown</span>;
  if (forecast.kind === "too_few_days") return <span className="text-fg-3">too few days<span className="meta block">{formatNumber(forecast.days)} of 5</span></span>;
  return (
    <>
      {formatNanoUsd(Math.round(forecast.expected))}
      <span className="meta block">{dollars(forecast.low)} to {dollars(forecast.high)}</span>
    </>
  );
}

const dollars = (nano: number): string => formatNanoUsd(Math.round(nano)).replace(/ USD$/, "");

const RANGE_MARKS: Record<RangeWord, StatusKind> = { "within its usual range": "met", "special cause, worse": "warning", "special cause, better": "info", "not enough data": "unknown" };

const Range = ({ word }: { word: RangeWord }) => <StatusMark kind={RANGE_MARKS[word]}>{word}</StatusMark>;

export function LimitsTable({ agents }: { agents: readonly PortfolioLine[] }) {
  return <DataTable caption="Agents, the ones closest to their budget first" columns={columns} rows={agents} rowKey={(row) => row.id} rowHref={(row) => paths.agent(row.id)} />;
}
