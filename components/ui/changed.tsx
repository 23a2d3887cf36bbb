"use client";

import { useState, type ReactNode } from "react";

/** What is said of `value` has one tint, a second long, whenever that is another than the one before; never when it is first shown. */
export function Changed({ value, children }: { value: string | number; children: ReactNode }) {
  const [seen, setSeen] = useState({ value, turn: 0 });
  if (seen.value !== value) setSeen({ value, turn: seen.turn + 1 });
  // Another element begins its animation anew.
  return <span key={seen.turn} className={seen.turn === 0 ? undefined : "changed"}>{children}</span>;
}
