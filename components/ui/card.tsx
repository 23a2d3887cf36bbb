import { useId, type ReactNode } from "react";
import { classNames } from "./class-names.ts";

interface CardProps {
  /** With a title the card is a named section with a head. */
  title?: ReactNode;
  /** Small text at the right end of the head: a count, an age. */
  meta?: ReactNode;
  /** Controls at the right end of the head. */
  actions?: ReactNode;
  level?: 2 | 3 | undefined;
  id?: string | undefined;
  className?: string | undefined;
  children?: ReactNode;
}

export function Card({ title, meta, actions, level, id, className, children }: CardProps) {
  const titleId = useId();
  if (title === undefined) {
    return (
      <div className={classNames("card", className)} id={id}>
        {children}
      </div>
    );
  }
  return (
    <section className={classNames("card", className)} aria-labelledby={titleId} id={id}>
      <CardHead title={title} meta={meta} actions={actions} level={level} titleId={titleId} />
      {children}
    </section>
  );
}

interface CardHeadProps {
  title: ReactNode;
  meta?: ReactNode;
  actions?: ReactNode;
  level?: 2 | 3 | undefined;
  titleId?: string | undefined;
}

export function CardHead({ title, meta, actions, level = 2, titleId }: CardHeadProps) {
  const Heading = `h${level}` as const;
  return (
    <div className="card-head">
      <Heading className="card-title" id={titleId}>
        {title}
      </Heading>
      {meta !== undefined && <span className="meta">{meta}</span>}
      {actions !== undefined && <span className={classNames("actions", meta === undefined && "ml-auto")}>{actions}</span>}
    </div>
  );
}

export function CardBody({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return <div className={classNames("card-body", className)}>{children}</div>;
}

export function CardFoot({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return <div className={classNames("card-foot", className)}>{children}</div>;
}
