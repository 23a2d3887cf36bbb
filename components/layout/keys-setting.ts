// Are single letters commands? Kept per device, as a person's hands and screen reader are.

const NAME = "holdpoint-keys";

export function areKeysOn(): boolean {
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true;
  }
}

export function setKeysOn(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, "off");
  } catch {
    // A browser that stores nothing keeps the default.
  }
}
