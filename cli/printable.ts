// Which words may be written to a terminal?

/** Words from outside, which must not steer it. */
export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");
