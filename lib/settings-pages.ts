// Which pages do the settings have, and what has somebody to be allowed to see there?

import type { Permission } from "./domain/permissions.ts";
import { paths } from "./paths.ts";

export interface SettingsPage {
  href: string;
  label: string;
  /** Null: everybody who is signed in. */
  needs: Permission | null;
}

export const SETTINGS_PAGES: readonly SettingsPage[] = [
  { href: paths.settings(), label: "Overview", needs: null },
  { href: paths.settingsMe(), label: "Me", needs: null },
  { href: paths.settingsKeyboard(), label: "Keyboard", needs: null },
  { href: paths.settingsPeople(), label: "People", needs: "settings:read" },
  { href: paths.settingsKeys(), label: "Keys", needs: "settings:read" },
  { href: paths.settingsPrices(), label: "Prices", needs: null },
  { href: paths.settingsReviewPolicy(), label: "Re-review policy", needs: "change:read" },
];
