import { KeyRound, type LucideIcon } from "lucide-react";
import type { Route } from "next";

export type SettingsSection = {
  href: Route;
  label: string;
  description: string;
  icon: LucideIcon;
  /** Left out until the organization has its signing key. */
  needsBootstrap?: true;
};

/** The sections of the settings, in the order of the index. Every role may open every one; each says what it may do. */
export const SETTINGS_SECTIONS: readonly SettingsSection[] = [
  {
    href: "/api-keys",
    label: "API Keys",
    description: "Create, restrict, regenerate and revoke keys.",
    icon: KeyRound,
    needsBootstrap: true,
  },
];
