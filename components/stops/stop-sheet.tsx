"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { paths } from "@/lib/paths.ts";
import { ChooseScope } from "./choose-scope.tsx";
import { makePressGuard, type PressGuard } from "./press-guard.ts";
import { sendStop, type StopOrder, type StopRefusal } from "./send-stop.ts";
import { StopProofLive } from "./stop-proof-live.tsx";

export interface StopSheetProps {
  /** The stop page's address for where the reader is: names the agent, if there is one. */
  href: string;
  onClose: () => void;
}

export type SheetPhase = { step: "choose"; refusal: StopRefusal | null } | { step: "sending"; order: StopOrder } | { step: "stored"; stopId: string };

/** Chooses and stops in one press, then shows what is proven. Closing it stops nothing and releases nothing. */
export function StopSheet({ href, onClose }: StopSheetProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const [guard] = useState<PressGuard>(() => makePressGuard(() => performance.now()));
  const [phase, setPhase] = useState<SheetPhase>({ step: "choose", refusal: null });
  const client = useQueryClient();
  const router = useRouter();

  useEffect(() => {
    if (element.current?.open === false) element.current.showModal();
    element.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    guard.moved();
  }, [guard]);
  useEffect(() => {
    if (phase.step === "stored") element.current?.querySelector<HTMLElement>(".stop-scroll")?.focus();
  }, [phase.step]);

  const send = async (order: StopOrder) => {
    if (!guard.take()) return;
    setPhase({ step: "sending", order });
    const answer = await sendStop(order);
    guard.giveBack();
    if (!answer.isStored) return setPhase({ step: "choose", refusal: answer.refusal });
    setPhase({ step: "stored", stopId: answer.stopId });
    client.invalidateQueries({ queryKey: ["shell"] }).catch(() => undefined);
    client.removeQueries({ queryKey: ["stop-choices"] });
  };
  const close = () => {
    // A second Escape closes whatever it is told. What became of the press is read by whoever pressed.
    if (phase.step === "sending") return element.current?.showModal();
    onClose();
    // The page behind says what was true before.
    if (phase.step === "stored") router.refresh();
  };
  // A key that is held down is one press.
  const holdBack = (event: KeyboardEvent) => {
    if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
  };

  return createPortal(
    <dialog
      ref={element} className="stop-sheet" role="alertdialog" data-step={phase.step} aria-labelledby={`${id}-title`} aria-describedby={phase.step === "stored" ? undefined : `${id}-effect`}
      onClose={close} onKeyDown={holdBack} onCancel={(event) => phase.step === "sending" && event.preventDefault()}
    >
      {phase.step === "stored" ? (
        <>
          {/* Has the focus afterwards: one more press of the same key does nothing. */}
          <div className="stop-scroll" tabIndex={-1}>
            <StopProofLive stopId={phase.stopId} initial={null} headingId={`${id}-title`} isOwn />
          </div>
          <div className="stop-end">
            <a className="btn" href={paths.stopOf(phase.stopId)}>Open this stop, add a reason</a>
            <button type="button" className="btn" onClick={() => element.current?.close()}>Close</button>
          </div>
        </>
      ) : (
        <ChooseScope
          href={href} titleId={`${id}-title`} effectId={`${id}-effect`} refusal={phase.step === "choose" ? phase.refusal : null} sending={phase.step === "sending" ? phase.order : null}
          onStop={send} onMoved={guard.moved} onLeave={() => element.current?.close()}
        />
      )}
    </dialog>,
    document.body,
  );
}
