"use client";

import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

/** `label` names what is copied: "Copy fingerprint". */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string | undefined }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);

  // The clipboard exists only on https and localhost.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      setState("failed");
    }
  };

  return (
    <button type="button" className="copy" aria-label={label} title={state === "idle" ? label : state === "copied" ? "Copied" : "Could not copy"} onClick={copy}>
      <Icon name={state === "copied" ? "check" : state === "failed" ? "close" : "copy"} />
      <span className="sr-only" aria-live="polite">
        {state === "copied" ? "Copied" : state === "failed" ? "Could not copy" : ""}
      </span>
    </button>
  );
}
