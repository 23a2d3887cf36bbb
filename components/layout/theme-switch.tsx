"use client";

import { useId, useSyncExternalStore } from "react";
import { Icon, type IconName } from "../ui/icon.tsx";
import { THEME_KEY, type Theme } from "./theme-script.ts";

const CHANGED = "holdpoint-theme-changed";
const CHOICES: readonly { theme: Theme; icon: IconName; label: string }[] = [
  { theme: "system", icon: "screen", label: "Follow the system" },
  { theme: "light", icon: "sun", label: "Light" },
  { theme: "dark", icon: "moon", label: "Dark" },
];

function subscribe(listener: () => void): () => void {
  addEventListener("storage", listener);
  addEventListener(CHANGED, listener);
  return () => {
    removeEventListener("storage", listener);
    removeEventListener(CHANGED, listener);
  };
}

function readTheme(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  dispatchEvent(new Event(CHANGED));
}

export function ThemeSwitch() {
  const name = useId();
  const current = useSyncExternalStore(subscribe, readTheme, () => "system" as const);
  return (
    <fieldset className="theme">
      <legend className="sr-only">Theme</legend>
      {CHOICES.map((choice) => (
        <label key={choice.theme} title={choice.label}>
          <input type="radio" name={name} value={choice.theme} checked={current === choice.theme} onChange={() => chooseTheme(choice.theme)} />
          <Icon name={choice.icon} />
          <span className="sr-only">{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
