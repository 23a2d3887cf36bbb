// Does an address that somebody recorded become a link, and what does the link say honestly?

/** The host it leads to, written as the browser would; null for all that is not https, which stays text. */
export function linkedHost(address: string): string | null {
  const url = URL.parse(address);
  return url?.protocol === "https:" && url.host !== "" ? url.host : null;
}
