"use client";

import dynamic from "next/dynamic";
import type { ZoomChartProps } from "./zoom-chart.tsx";

const Loaded = dynamic(() => import("./zoom-chart.tsx").then((module) => module.ZoomChart), { ssr: false });

/** Holds the chart's place until its code is there. */
export function ZoomChartLazy(props: ZoomChartProps) {
  return (
    <div style={{ minHeight: (props.height ?? 320) + 24 }}>
      <Loaded {...props} />
    </div>
  );
}
