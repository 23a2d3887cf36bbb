"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "./button.tsx";

/** Reads the page again, in its place. */
export function RefreshButton() {
  const router = useRouter();
  const [isReading, startReading] = useTransition();
  return <Button size="sm" aria-disabled={isReading || undefined} onClick={() => startReading(() => router.refresh())}>{isReading ? "Reading…" : "Try again"}</Button>;
}
