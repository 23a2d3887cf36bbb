"use client";

import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { snoozeAnswer, type SnoozeChoice } from "@/lib/domain/snooze.ts";

interface SnoozeHereProps {
  isCritical: boolean;
  expiresAt: string | null;
  onChoose: (choice: SnoozeChoice) => void;
  onClose: () => void;
}

/** Under its row, or on its own page: for how long, or why not at all. */
export function SnoozeHere({ isCritical, expiresAt, onChoose, onClose }: SnoozeHereProps) {
  const [openedAt] = useState(() => new Date());
  const answer = snoozeAnswer({ isCritical, expiresAt }, openedAt);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector("button")?.focus(), []);
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  };
  return (
    <div ref={place} className="inbox-here" role="group" aria-label="Snooze it" onKeyDown={close}>
      <p className="dense text-fg-2">Out of your inbox until then, or until it changes. Nobody else’s inbox is concerned.</p>
      <div className="actions">
        {answer.ok ? answer.choices.map((choice) => <Button key={choice.snooze} onClick={() => onChoose(choice)}>{choice.label}</Button>) : <Button disabledReason={answer.reason}>15 min</Button>}
        <Button variant="quiet" onClick={onClose}>Not now</Button>
      </div>
    </div>
  );
}
