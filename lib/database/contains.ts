// Which rows hold this text somewhere, whatever the case?

/** A filter of Prisma's, which hands `%` and `_` on as wildcards: here they are what they are. */
export const contains = (text: string) => ({ contains: text.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const });
