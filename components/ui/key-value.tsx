import { Fragment, type ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface KeyValueItem {
  label: string;
  value: ReactNode;
}

/** Short facts. Values stand right-aligned for figures, left-aligned for text. */
export function KeyValue({ items, align = "right", className }: { items: readonly KeyValueItem[]; align?: "left" | "right" | undefined; className?: string | undefined }) {
  return (
    <dl className={classNames("kv", align === "left" && "kv-left", className)}>
      {items.map((item) => (
        <Fragment key={item.label}>
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
