"use client";

import { useState } from "react";
import { formatClock } from "@/lib/format.ts";
import { useLive } from "./live-provider.tsx";

/** Says what the console's silence means. It lies over the gap above the page, on a phone over that above its bar: nothing moves when it comes. */
export function OfflineNotice() {
  const { status, asOfMs } = useLive();
  return <div role="status" className="offline-box">{status === "offline" && <Offline asOfMs={asOfMs} />}</div>;
}

/** With the time that was known when it began: said once, also where something is still heard now and then. */
function Offline({ asOfMs }: { asOfMs: number }) {
  const [fromMs] = useState(asOfMs);
  return <p className="offline"><b>Offline:</b> what is shown is from {formatClock(new Date(fromMs))} UTC. Stop can still be pressed.</p>;
}
