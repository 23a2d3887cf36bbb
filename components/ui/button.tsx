import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Link } from "./link.tsx";

export type ButtonVariant = "default" | "primary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md" | "block";

interface Look {
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  /** The control keeps its place and says in visible text why it cannot be used and what would open it. */
  disabledReason?: ReactNode;
}

export type ButtonProps = Look & Omit<ComponentProps<"button">, "disabled"> & {
  /** Id of the element that says why, where one reason holds for several controls and stands there once. */
  disabledBy?: string | undefined;
};
export type LinkButtonProps = Look & Omit<ComponentProps<typeof Link>, "aria-disabled">;

export function buttonClass(variant: ButtonVariant = "default", size: ButtonSize = "md", className?: string): string {
  return classNames("btn", variant !== "default" && `btn-${variant}`, size !== "md" && `btn-${size}`, className);
}

export function Button({ variant, size, disabledReason, disabledBy, className, children, type = "button", ...rest }: ButtonProps) {
  const reasonId = useId();
  const look = buttonClass(variant, size, className);
  if (disabledBy !== undefined) return <button type="button" className={look} aria-disabled="true" aria-describedby={disabledBy}>{children}</button>;
  if (!disabledReason) {
    return (
      <button type={type} className={look} {...rest}>
        {children}
      </button>
    );
  }
  return (
    <span className="btn-why">
      <button type="button" className={look} aria-disabled="true" aria-describedby={reasonId}>
        {children}
      </button>
      <span className="why" id={reasonId}>
        {disabledReason}
      </span>
    </span>
  );
}

export function LinkButton({ variant, size, disabledReason, className, children, ...rest }: LinkButtonProps) {
  if (disabledReason) {
    return (
      <Button variant={variant} size={size} className={className} disabledReason={disabledReason}>
        {children}
      </Button>
    );
  }
  return (
    <Link className={buttonClass(variant, size, className)} {...rest}>
      {children}
    </Link>
  );
}
