"use client";

import { CircleUserRound, Keyboard, LogOut } from "lucide-react";
import Link from "next/link";
import { menuPlaces } from "@/components/shell/places";
import type { ShellProps } from "@/components/shell/shell";
import { chooseTheme } from "@/components/shell/theme";
import { ThemeChoice } from "@/components/shell/theme-choice";
import { useSignOut } from "@/components/shell/use-sign-out";
import { useTheme } from "@/components/shell/use-theme";
import { useShortcuts } from "@/components/shortcuts/shortcuts-context";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLinkItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { IconButton } from "@/components/ui/icon-button";

type AccountMenuProps = Omit<ShellProps, "organizationName">;

/** Who is signed in, the places of the console, the theme and the way out. */
export function AccountMenu({ memberName, memberEmail, role, bootstrapped, ...props }: AccountMenuProps) {
  const theme = useTheme(props.theme);
  const leave = useSignOut();
  const { openHelp } = useShortcuts();

  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <IconButton label="Account menu" className="rounded-full">
          <CircleUserRound aria-hidden className="size-5" />
        </IconButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-60">
        <div className="px-2.5 py-1.5">
          <p className="truncate font-medium">{memberName}</p>
          <p className="truncate text-sm text-text-muted">{memberEmail}</p>
          <p className="text-text-muted text-xs first-letter:uppercase">{role}</p>
        </div>
        <DropdownMenuSeparator />
        {menuPlaces({ role, bootstrapped }).map((place) => (
          <DropdownMenuLinkItem key={place.href}>
            <Link href={place.href}>
              <place.icon aria-hidden className="text-text-muted" />
              {place.label}
            </Link>
          </DropdownMenuLinkItem>
        ))}
        <DropdownMenuSeparator />
        <ThemeChoice theme={theme} onThemeChange={chooseTheme} />
        <DropdownMenuSeparator />
        <DropdownMenuItem icon={<Keyboard />} onSelect={openHelp}>
          Keyboard shortcuts
        </DropdownMenuItem>
        <DropdownMenuItem icon={<LogOut />} onSelect={leave}>
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
