import { ZoomChartLazy } from "@/components/charts/zoom-chart-lazy.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { FIGURE_DEFINITIONS, FIGURES, judgeFigure, type Figure, type FigurePoint } from "@/lib/domain/figures.ts";
import { formatFigure } from "./figure-format.ts";

interface FigureZoomProps {
  figure: Figure;
  points: readonly FigurePoint[];
  markers: readonly { at: number; label: string }[];
  range: string;
  hrefOf: (figure: Figure) => string;
}

/** What the chart's axis counts: a share in per cent, money in dollars, time in seconds. */
const SCALES = {
  share: { unit: "%", factor: 100, digits: 1 },
  nano_usd: { unit: "USD", factor: 1e-9, digits: 4 },
  ms: { unit: "s", factor: 1e-3, digits: 2 },
  tokens: { unit: "", factor: 1, digits: 0 },
} as const;

/** A label has one line, on a phone a short one. */
const shortList = ([first = "", ...others]: readonly string[]): string => (others.length === 0 ? first : `${first} and ${others.length} more`);

export function FigureZoom({ figure, points, markers, range, hrefOf }: FigureZoomProps) {
  const { name, basis, unit: kind } = FIGURE_DEFINITIONS[figure];
  const { unit, factor, digits } = SCALES[kind];
  const { usual, last } = judgeFigure(figure, points);
  // A change after the last point would fall out of the drawing.
  const end = points.at(-1)?.at ?? Infinity;
  const inside = markers.reduce((found, { at, label }) => {
    const place = Math.min(at, end);
    return found.set(place, [...(found.get(place) ?? []), label]);
  }, new Map<number, string[]>());
  const scaled = points.map(({ at, value }) => ({ at, value: value === null ? null : value * factor }));
  return (
    <Card title={name} meta={`${basis}, ${range}`} id="zoom">
      <Tabs label="Figures" tabs={FIGURES.map((each) => ({ href: hrefOf(each), label: FIGURE_DEFINITIONS[each].name, isCurrent: each === figure }))} />
      <CardBody>
        <ZoomChartLazy
          label={`${name}, ${basis}, over ${range}. Last: ${formatFigure(figure, last)}.`} unit={unit} digits={digits} markers={[...inside].map(([at, labels]) => ({ at, label: shortList(labels) }))} startsAtZero={kind === "share"}
          series={[{ key: figure, name, kind: "one", points: scaled }]}
          usual={usual === null ? undefined : { low: usual.low * factor, middle: usual.middle * factor, high: usual.high * factor }}
        />
      </CardBody>
    </Card>
  );
}
