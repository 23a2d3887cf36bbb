"use client";

import { createContext, useContext, useEffect, useId, useRef, useState, type ReactNode } from "react";
import { Button, type ButtonSize, type ButtonVariant } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { DialogCorner } from "./dialog-corner.ts";
import { Icon } from "./icon.tsx";

const CloseContext = createContext<() => void>(() => {});

/** Closes the dialog around; call it when a form inside has succeeded. */
export function useDialogClose(): () => void {
  return useContext(CloseContext);
}

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  /** The sentence of effect, read out when it opens. */
  description?: ReactNode;
  isWide?: boolean | undefined;
  children: ReactNode;
}

/** The browser's own modal: focus is kept inside, Escape closes, focus returns to what opened it. */
export function Dialog({ isOpen, onClose, title, description, isWide = false, children }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  const corner = useContext(DialogCorner);
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null || dialog.open === isOpen) return;
    if (!isOpen) return dialog.close();
    dialog.showModal();
    (dialog.querySelector<HTMLElement>('.card-body :is(input:not([type="hidden"]), textarea, select)') ?? closer.current)?.focus();
  }, [isOpen]);

  return (
    <dialog ref={element} className={classNames("dlg", isWide && "dlg-wide")} aria-labelledby={`${id}-title`} aria-describedby={description === undefined ? undefined : `${id}-effect`} onClose={onClose}>
      {isOpen && (
        <CloseContext value={onClose}>
          <div className="card-head">
            <h2 className="card-title" id={`${id}-title`}>
              {title}
            </h2>
            <div className="dlg-corner">
              {corner}
              <button ref={closer} type="button" className="btn btn-quiet btn-icon p-0!" aria-label="Close" onClick={onClose}>
                <Icon name="close" />
              </button>
            </div>
          </div>
          <div className="card-body grid gap-4">
            {description !== undefined && (
              <p id={`${id}-effect`} className="text-pretty text-fg-2">
                {description}
              </p>
            )}
            {children}
          </div>
        </CloseContext>
      )}
    </dialog>
  );
}

interface DialogButtonProps extends Omit<DialogProps, "isOpen" | "onClose"> {
  /** What the button that opens it says. */
  label: ReactNode;
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  disabledReason?: ReactNode;
  disabledBy?: string | undefined;
  /** The letter that presses it. */
  shortcut?: string | undefined;
}

/** A button and the dialog it opens. */
export function DialogButton({ label, variant, size, disabledReason, disabledBy, shortcut, ...dialog }: DialogButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} size={size} disabledReason={disabledReason} disabledBy={disabledBy} aria-haspopup="dialog" data-key={shortcut} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog {...dialog} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

/** The row of buttons at the end of a dialog's form: what it does, then the way out. */
export function DialogActions({ children, cancelLabel = "Cancel" }: { children: ReactNode; cancelLabel?: string | undefined }) {
  const close = useDialogClose();
  return (
    <div className="actions justify-end">
      <Button variant="quiet" onClick={close}>
        {cancelLabel}
      </Button>
      {children}
    </div>
  );
}
