// How high is a row of a table? Kept per device, as hands and screens are.

export const ROW_HEIGHTS = ["compact", "default", "touch"] as const;
export type RowHeight = (typeof ROW_HEIGHTS)[number];

const KEY = "holdpoint-rows";
const CHANGED = "holdpoint-rows-changed";

/** Runs in the head before anything is painted, so that no row moves. */
export const ROW_HEIGHT_SCRIPT = `try{var r=localStorage.getItem("${KEY}");if(r==="compact"||r==="touch")document.documentElement.dataset.rows=r}catch{}`;

export function readRowHeight(): RowHeight {
  return ROW_HEIGHTS.find((height) => height === document.documentElement.dataset["rows"]) ?? "default";
}

export function chooseRowHeight(height: RowHeight): void {
  if (height === "default") delete document.documentElement.dataset["rows"];
  else document.documentElement.dataset["rows"] = height;
  try {
    if (height === "default") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, height);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  dispatchEvent(new Event(CHANGED));
}

/** Every control of a page says the same. */
export function subscribeToRowHeight(notify: () => void): () => void {
  addEventListener(CHANGED, notify);
  return () => removeEventListener(CHANGED, notify);
}
