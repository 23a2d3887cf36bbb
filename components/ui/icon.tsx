import { classNames } from "./class-names.ts";

/** Drawn on a 16-px grid with a 1.5-px stroke. */
const ICON_PATHS = {
  activity: "M1.5 8.5h3L6.5 3l3 10.5 2-5h3",
  inbox: "M2 9.5 4 3h8l2 6.5V13H2zM2 9.5h3.5L6.5 11h3l1-1.5H14",
  agents: "M2 2.5h5v5H2zM9 2.5h5v5H9zM2 9.5h5v4H2zM9 9.5h5v4H9z",
  changes: "M6 4a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM14 12a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM4 6v8M12 10V4.5H8.5M10 2.5l-2 2 2 2",
  runs: "M2 3.5h7M4.5 7h8M7 10.5h5M9 14h5",
  rollouts: "M2 12.5c3.5 0 4-8 12-8M2 12.5h12",
  stops: "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z",
  risk: "M2 14V9M6 14V5.5M10 14V8M14 14V2",
  portfolio: "M2 5h12v8.5H2zM5.5 5V2.5h5V5M2 9h12",
  log: "M8 1.5 13.5 4v4c0 3.2-2.3 5.5-5.5 6.5C4.8 13.5 2.5 11.2 2.5 8V4zM5.7 8l1.7 1.7 3-3.4",
  settings: "M2 4.5h5M11 4.5h3M2 11.5h3M9 11.5h5M11 4.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM9 11.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  more: "M2.5 4h11M2.5 8h11M2.5 12h11",
  search: "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM10.5 10.5 14 14",
  model: "M8 1.5 9.6 6.4 14.5 8 9.6 9.6 8 14.5 6.4 9.6 1.5 8l4.9-1.6z",
  tool: "M9.5 3.2a3.6 3.6 0 0 1 4.2 4.9L12 6.5l-1.8.4-.4 1.8 1 1a3.6 3.6 0 0 1-4.6-.6L3 13.5 2 12.6l4.1-3.5",
  gate: "M8 1.8 14.2 8 8 14.2 1.8 8z",
  person: "M11 5a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM2.5 14c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5",
  tree: "M8 2v4M8 6H4v4M8 6h4v4M2.5 10h3v3.5h-3zM10.5 10h3v3.5h-3z",
  read: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  right: "m6 3.5 4.5 4.5L6 12.5",
  left: "M10 3.5 5.5 8l4.5 4.5",
  up: "M3.5 10 8 5.5l4.5 4.5",
  down: "M3.5 6 8 10.5 12.5 6",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3.5 8.5l3 3 6-7",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  link: "M9 3h4v4M13 3 7.5 8.5M11.5 9.5V13H3V4.5h3.5",
  sun: "M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z",
  screen: "M2 3h12v8H2zM5.5 14h5M8 11v3",
} as const;

export type IconName = keyof typeof ICON_PATHS;

/** Always beside a word or inside a control that has one: the icon itself is hidden from assistive technology. */
export function Icon({ name, className }: { name: IconName; className?: string | undefined }) {
  return (
    <svg className={classNames("icon", className)} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}
