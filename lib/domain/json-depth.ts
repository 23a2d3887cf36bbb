// Is this nested deeper than anything that is meant honestly?

/** Without recursion: that is what it protects from. `deepest`: an array in an object in the root is at 2. */
export function isShallow(root: unknown, deepest: number): boolean {
  const pending: [unknown, number][] = [[root, 0]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= deepest) return false;
    for (const member of Object.values(value)) pending.push([member, depth + 1]);
  }
  return true;
}
