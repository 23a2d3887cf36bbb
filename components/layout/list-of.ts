// Which pages show one item, and which list does it belong to?

const LIST_OF: Readonly<Record<string, string>> = {
  "/agents": "/agents", "/changes": "/changes", "/rollouts": "/rollouts", "/runs": "/runs", "/stops": "/stops", "/actions": "/actions", "/actions/undos": "/actions/undos", "/inbox/findings": "/inbox",
};

/** An id would stand there. */
const NO_ITEMS = new Set(["/agents/new", "/changes/quality", "/actions/quality", "/actions/undos", "/inbox/findings"]);

const MORE_LISTS = new Set(["/now", "/now/needs", "/portfolio", "/log"]);

const VERSIONS = /^\/agents\/[^/]+\/versions$/;

/** Null: the page shows no single item. */
export function listOf(pathname: string): string | null {
  const at = pathname.lastIndexOf("/");
  const before = pathname.slice(0, at);
  if (NO_ITEMS.has(pathname) || pathname.endsWith("/new")) return null;
  return VERSIONS.test(before) ? before : (LIST_OF[before] ?? null);
}

/** From where somebody opens items, and wants to go on afterwards. */
export const isList = (pathname: string): boolean => MORE_LISTS.has(pathname) || VERSIONS.test(pathname) || Object.values(LIST_OF).includes(pathname);
