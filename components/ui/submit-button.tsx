"use client";

import { useFormStatus } from "react-dom";
import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./button.tsx";

/** Sends its form once: while the answer is on its way it cannot be pressed again. `name` and `value` say which of several was pressed. */
export function SubmitButton({ children, pendingLabel = "Sending…", disabledReason, ...rest }: ButtonProps & { pendingLabel?: ReactNode }) {
  const { pending, data } = useFormStatus();
  const isThisOne = rest.name === undefined || data?.get(rest.name) === rest.value;
  if (disabledReason) {
    return (
      <Button {...rest} disabledReason={disabledReason}>
        {children}
      </Button>
    );
  }
  return (
    <Button
      {...rest}
      type="submit"
      aria-disabled={pending || rest["aria-disabled"]}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else rest.onClick?.(event);
      }}
    >
      {pending && isThisOne ? pendingLabel : children}
    </Button>
  );
}
