export type Typed = Readonly<Record<string, string>>;

/**
 * What the fields of a filter show when an answer arrives: the filter that was answered, except where somebody went on typing or choosing
 * since it was asked for. `before` is what stood there when it was asked.
 */
export function keepTyped(now: Typed, before: Typed, answered: Typed): Record<string, string> {
  const names = new Set([...Object.keys(now), ...Object.keys(answered)]);
  return Object.fromEntries([...names].map((name) => {
    const typed = now[name] ?? "";
    return [name, typed === (before[name] ?? "") ? (answered[name] ?? "") : typed];
  }));
}
