import { Sparkline } from "@/components/charts/sparkline.tsx";
import { TableOfSeries } from "@/components/charts/table-of-series.tsx";
import { Link } from "@/components/ui/link.tsx";
import { formatCount, formatDay, formatNanoUsd } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { PortfolioLine } from "./portfolio-line.ts";

const costOf = (nano: number | null): string => (nano === null ? "unknown" : formatNanoUsd(nano));
const shortDay = (at: string): string => formatDay(at).replace(/ \d{4}$/, "");

/** A gap is a week without a known cost, and never 0. */
export function TaskCosts({ agents, weeks }: { agents: readonly PortfolioLine[]; weeks: readonly string[] }) {
  return (
    <>
      <ul className="rows">
        {agents.map((agent) => <TaskCost key={agent.id} agent={agent} />)}
      </ul>
      <div className="card-foot block">
        <TableOfSeries
          caption="Cost per finished task by week" columns={["Agent", ...weeks.map(shortDay)]}
          rows={agents.map((agent) => [agent.id, ...agent.weeks.map((week) => (week.runs === 0 ? "no runs" : costOf(week.nanoUsdPerTask)))])}
        />
      </div>
    </>
  );
}

function TaskCost({ agent: { id, weeks } }: { agent: PortfolioLine }) {
  const index = weeks.findLastIndex((week) => week.nanoUsdPerTask !== null);
  const last = weeks[index];
  const unknown = last === undefined ? 0 : last.runs - last.costKnownRuns;
  const value = costOf(last?.nanoUsdPerTask ?? null);
  const when = last === undefined ? whyNone(weeks) : `week of ${shortDay(last.from)}${index === weeks.length - 1 ? ", not over" : ""}${unknown === 0 ? "" : `, without ${formatCount(unknown, "run")} of unknown cost`}`;
  return (
    <li className="task-cost">
      <h3><Link className="link stretch" href={paths.agentMetrics(id)}>{id}</Link></h3>
      <div className="task-cost-line">
        {last !== undefined && <Sparkline values={weeks.map((week) => week.nanoUsdPerTask)} label={`Cost per finished task of ${id}, 12 weeks; last ${value}`} startsAtZero height={28} />}
      </div>
      <p className="task-cost-value"><b>{value}</b><span className="meta block">{when}</span></p>
    </li>
  );
}

const whyNone = (weeks: PortfolioLine["weeks"]): string => (weeks.every((week) => week.runs === 0) ? "no runs in 12 weeks" : "no run's cost is known");
