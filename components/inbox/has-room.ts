/** As in the style sheet: narrower, there is no room beside the list. */
export const HAS_ROOM = "(min-width: 80rem)";
