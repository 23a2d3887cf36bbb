// How does a key that a stranger chose become a property, and nothing else?

export type Attributes = Record<string, unknown>;

/** An assignment to `__proto__` would change the object's prototype instead of adding a key. */
export function setOwn<Value>(target: Record<string, Value>, key: string, value: Value): void {
  if (key === "__proto__") Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}
