/** "tool_added_irreversible" as words; the rules name facts by their kind, people read them. */
export const factWords = (kind: string): string => kind.replaceAll("_", " ").replace("tool added ", "tool added that is ").replace("that is read", "that reads").replace("that is write", "that writes");
