/** Presses the stop control of the frame, also where a dialog lies over it; false where there is none. Of the header's and the bar's the hidden one would show nothing. */
export function pressStop(): boolean {
  const control = [...document.querySelectorAll<HTMLElement>("[data-stop-control]")].find((each) => each.checkVisibility());
  control?.click();
  return control !== undefined;
}
