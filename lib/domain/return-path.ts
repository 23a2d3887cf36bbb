// Where may somebody be sent after signing in? Only to a page of this installation.

const HERE = "https://here.invalid";

/**
 * A path that starts with one slash, as the browser would read it: backslashes count as slashes, tabs and line breaks vanish, and
 * what then names another host is refused. Null when it is no such path.
 */
export function safeReturnPath(from: string | null | undefined): string | null {
  if (!from || from.length > 2_000 || !/^\/(?![/\\])/.test(from) || /[\\\p{Cc}]/u.test(from) || !URL.canParse(from, HERE)) return null;
  const url = new URL(from, HERE);
  return url.origin === HERE && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}${url.hash}` : null;
}
