const rowOf = (key: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-item="${CSS.escape(key)}"]`);
const focus = (row: Element | null): void => row?.querySelector<HTMLElement>("a.stretch")?.focus();

export const focusRow = (key: string): void => focus(rowOf(key));

/** What comes after a row: the next that still waits, past the end the first; the row itself where there is none. */
export function focusNext(key: string): void {
  const rows = [...document.querySelectorAll("[data-item]")];
  const at = rows.findIndex((row) => row === rowOf(key));
  focus([...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))].find((row) => !row.classList.contains("is-gone")) ?? rowOf(key));
}
