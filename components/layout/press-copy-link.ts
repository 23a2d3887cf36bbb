const control = (): HTMLElement | undefined => [...document.querySelectorAll<HTMLElement>("[data-copy-link]")].find((each) => each.checkVisibility());

/** Whether the page has a link of its own to copy. */
export const canCopyLink = (): boolean => control() !== undefined;

export const pressCopyLink = (): void => control()?.click();
