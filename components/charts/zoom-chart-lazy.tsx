"use client";

import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import type { ZoomChartProps } from "./zoom-chart.tsx";

const Loaded = dynamic(() => import("./zoom-chart.tsx").then((module) => module.ZoomChart), { ssr: false });

/** So far from the window its code is fetched: soon enough for whoever scrolls on. */
const NEAR = "300px";

/** Holds the chart's place. Its code is as large as half a page and busies a slow phone for a second, so it comes with whoever comes near. */
export function ZoomChartLazy(props: ZoomChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    if (place.current === null) return;
    const watcher = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setIsNear(true), { rootMargin: NEAR });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={place} style={{ minHeight: (props.height ?? 320) + 24 }}>
      {isNear && <Loaded {...props} />}
    </div>
  );
}
