// How are listeners told of something?

/** What a listener throws is its program's own affair, and must not reach what decides. */
export function tellListeners<Value>(listeners: ReadonlySet<(value: Value) => void>, value: Value): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
