"use client";

import { useEffect, useState } from "react";
import { formatRelative } from "@/lib/format.ts";

/** "Checked 4 s ago.", counting on while no answer comes. */
export function SinceChecked({ at }: { at: string }) {
  const [now, setNow] = useState(at);
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date().toISOString()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <span>Checked {formatRelative(at, now < at ? at : now)}.</span>;
}
