import { Boxes, Building2, Globe, KeyRound, Package, ShieldCheck, UsersRound } from "lucide-react";
import type { Place } from "@/components/shell/places";

export type SettingsSection = Place & { description: string };

/**
 * The sections of the settings, in the order of the index and of the sidebar. Every role may open every one; each says
 * what it may do.
 */
export const SETTINGS_SECTIONS: readonly SettingsSection[] = [
  {
    href: "/api-keys",
    label: "API Keys",
    description: "Create, restrict, regenerate and revoke keys.",
    icon: KeyRound,
    menuPosition: 1,
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
