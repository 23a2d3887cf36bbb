// Under which name does the engine keep something parsed? It forgets nothing, so names are given again, and memory stays within the pool.

/**
 * The engine is one for the whole process, and this file may be loaded into it more than once, by the server and by the console's build: each
 * copy needs names of its own, or one would decide by what the other left there.
 */
const COPY = crypto.randomUUID();

/**
 * Names for at most `size` things at once. The one that was not asked for longest gives its name away, and is loaded again when it is
 * asked for again: nothing can be decided by what another one left under the same name.
 */
export function enginePool<Thing extends object>(prefix: string, size: number, load: (name: string, thing: Thing) => boolean): (thing: Thing) => string | null {
  const names = new Map<Thing, string>();
  const free: string[] = Array.from({ length: size }, (_, index) => `${COPY}-${prefix}-${size - 1 - index}`);
  return (thing) => {
    const known = names.get(thing);
    if (known !== undefined) {
      names.delete(thing);
      names.set(thing, known);
      return known;
    }
    const name = free.pop() ?? takeOldest(names);
    if (name === undefined) return null;
    if (!load(name, thing)) {
      free.push(name);
      return null;
    }
    names.set(thing, name);
    return name;
  };
}

function takeOldest(names: Map<object, string>): string | undefined {
  for (const [thing, name] of names) {
    names.delete(thing);
    return name;
  }
  return undefined;
}
