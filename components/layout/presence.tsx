"use client";

import { useContext, useEffect, useRef, useState } from "react";
import { presenceSentence } from "../../lib/domain/presence-sentence.ts";
import { Icon } from "../ui/icon.tsx";
import { useLive } from "./live-provider.tsx";
import { PresenceContext } from "./presence-context.ts";

/** Whoever hears the page hears one sentence in this time at most. */
const SAID_EVERY_MS = 10_000;

/** Who else has this page open, under its head. Over the gap that is there anyway: nobody's coming may move what somebody is about to press. */
export function Presence({ topic }: { topic: string }) {
  const { present, watch } = useContext(PresenceContext);
  const { status } = useLive();
  useEffect(() => watch(topic), [topic, watch]);
  const sentence = status === "live" && present?.topic === topic ? presenceSentence(present.names) : null;
  const said = useSaidSeldom(sentence ?? "");
  return (
    <div className="presence">
      {sentence !== null && <p aria-hidden="true"><Icon name="person" /><span className="truncate">{sentence}</span></p>}
      <span className="sr-only" role="status">{said}</span>
    </div>
  );
}

function useSaidSeldom(sentence: string): string {
  const [said, setSaid] = useState("");
  const lastMs = useRef(0);
  useEffect(() => {
    if (sentence === said) return;
    const timer = setTimeout(() => {
      lastMs.current = Date.now();
      setSaid(sentence);
    }, Math.max(0, lastMs.current + SAID_EVERY_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [said, sentence]);
  return said;
}
