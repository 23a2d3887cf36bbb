// Where does somebody without a session go? To the sign-in page, before anything is rendered; who may see what is decided by the pages.

const SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?next-auth\.session-token(?:\.\d+)?=/;
const OPEN_TO_ALL = /^\/(?:$|api\/|_next\/|sign-in$|first-run$|favicon|icon|manifest\.webmanifest$)/;

/** The path to redirect to, or null when the request may go on. Only looked at for GET and HEAD. */
export function whereStrangersGo(request: { method?: string | undefined; url?: string | undefined; cookie: string | undefined }): string | null {
  const { method, url = "/", cookie = "" } = request;
  if ((method !== "GET" && method !== "HEAD") || SESSION_COOKIE.test(cookie)) return null;
  const path = url.split("?")[0] ?? "/";
  return OPEN_TO_ALL.test(path) ? null : `/sign-in?from=${encodeURIComponent(url)}`;
}
