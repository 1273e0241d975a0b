import { rememberPreference } from "@/components/preference-cookie";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_COOKIE = "lk_theme";

/** The theme that a cookie names; anything else is "system". */
export function themeOf(cookie: string | undefined): Theme {
  return cookie === "light" || cookie === "dark" ? cookie : "system";
}

/** Shows the theme at once and remembers it on this browser. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  rememberPreference(THEME_COOKIE, theme);
}
