// Which address may be looked up? Any, but PostgreSQL's text holds no NUL (its manual, §8.3), and Node decodes one from an address.

/** A NUL is read as what stands for an unreadable character: such a link finds nothing, and fails at nothing. */
export const storableAddress = (url: string): string => url.replaceAll("%00", "%EF%BF%BD");
