"use client";

import { useRouter } from "next/navigation";
import { memo, useRef, type KeyboardEvent, type MouseEvent } from "react";
import { Card } from "@/components/ui/card.tsx";
import { HEALTH_NAMES, type HealthState } from "@/lib/domain/fleet-health.ts";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { MARKS } from "./need-rows.tsx";

interface AgentStripProps {
  teams: readonly { name: string; agents: readonly { id: string; state: HealthState; word?: string; tier: number }[] }[];
  agents: number;
}

const STEPS: Readonly<Record<string, "next" | "previous" | "below" | "above" | "first" | "last">> = {
  ArrowRight: "next", ArrowLeft: "previous", ArrowDown: "below", ArrowUp: "above", Home: "first", End: "last",
};

/** The dot that lies nearest in the row above or below. */
function nearest(cells: readonly HTMLElement[], from: HTMLElement, isBelow: boolean): HTMLElement | undefined {
  const own = from.getBoundingClientRect();
  const distance = (cell: HTMLElement): number => {
    const box = cell.getBoundingClientRect();
    const down = isBelow ? box.top - own.top : own.top - box.top;
    return down < own.height / 2 ? Infinity : down * 1_000 + Math.abs(box.left - own.left);
  };
  const best = cells.reduce((found, cell) => (distance(cell) < distance(found) ? cell : found), from);
  return best === from ? undefined : best;
}

/** One dot for each agent; only what is abnormal has a shape. One stop of the Tab key, arrows inside. */
export const AgentStrip = memo(function AgentStrip({ teams, agents }: AgentStripProps) {
  const router = useRouter();
  const strip = useRef<HTMLDivElement>(null);
  const first = teams[0]?.agents[0]?.id;

  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = STEPS[event.key];
    const from = document.activeElement;
    if (!step || !(from instanceof HTMLElement) || !strip.current) return;
    const cells = [...strip.current.querySelectorAll<HTMLElement>("a")];
    const at = cells.indexOf(from);
    const to = step === "next" ? cells[at + 1] : step === "previous" ? cells[at - 1] : step === "first" ? cells[0] : step === "last" ? cells.at(-1) : nearest(cells, from, step === "below");
    event.preventDefault();
    if (!to) return;
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
  // Plain links, because a thousand of Next's would each watch whether it is seen.
  const open = (event: MouseEvent<HTMLDivElement>) => {
    const link = (event.target as Element).closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.push(link.pathname);
  };
  return (
    <Card title={`${formatNumber(agents)} ${agents === 1 ? "agent" : "agents"} by team`} meta="One dot for each agent; larger dot, higher control tier. Only what is abnormal has a shape.">
      {/* The links in it are what is pressed; this only carries their keys and presses. */}
      <div ref={strip} className="strip" role="group" aria-label="Agents by team; arrow keys move" onKeyDown={move} onClick={open}>
        {teams.map((team) => (
          <div key={team.name} className="strip-team">
            <span className="strip-name">{team.name} <span className="meta">{formatNumber(team.agents.length)}</span></span>
            <div className="strip-dots">
              {team.agents.map(({ id, state, word, tier }) => (
                <a
                  key={id} href={paths.agent(id)} title={id} tabIndex={id === first ? 0 : -1} className={state === "normal" ? `dot dot-${tier}` : `dot k-${MARKS[state]}`}
                  aria-label={`${id}, tier ${tier}, ${word ?? HEALTH_NAMES[state]}`}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
    </Card>
  );
});
