import { Boxes, Building2, Globe, KeyRound, type LucideIcon, Package, ShieldCheck, UsersRound } from "lucide-react";
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
  {
    href: "/settings/organization",
    label: "Organization",
    description: "Its name and its id; an owner can delete it.",
    icon: Building2,
  },
  {
    href: "/settings/members",
    label: "Members",
    description: "Invite people, choose their roles and limits, review the keys of those who left.",
    icon: UsersRound,
  },
  {
    href: "/settings/regions",
    label: "Regions",
    description: "The partitions that keys belong to, and which of them must keep an active key.",
    icon: Globe,
  },
  {
    href: "/settings/subaccounts",
    label: "Subaccounts",
    description: "The customer and project accounts that keys can be limited to.",
    icon: Boxes,
  },
  {
    href: "/settings/products",
    label: "Products",
    description: "The permission catalogue: what keys can be allowed to do.",
    icon: Package,
  },
  {
    href: "/settings/security",
    label: "Security",
    description: "Your sessions and password, and the signing key behind every token.",
    icon: ShieldCheck,
  },
];
