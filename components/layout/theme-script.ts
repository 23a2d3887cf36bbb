export const THEME_KEY = "holdpoint-theme";

export type Theme = "system" | "light" | "dark";

/** Runs in the head before anything is painted, so that a dark screen never flashes white. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;
