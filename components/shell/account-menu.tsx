"use client";

import { CircleUserRound, LogOut } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { menuPlaces } from "@/components/shell/places";
import type { ShellProps } from "@/components/shell/shell";
import { chooseTheme, type Theme } from "@/components/shell/theme";
import { ThemeChoice } from "@/components/shell/theme-choice";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLinkItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { IconButton } from "@/components/ui/icon-button";
import { useToast } from "@/components/ui/toast";

type AccountMenuProps = Omit<ShellProps, "organizationName">;

/** Who is signed in, the places of the console, the theme and the way out. */
export function AccountMenu({ memberName, memberEmail, role, bootstrapped, ...props }: AccountMenuProps) {
  const [theme, setTheme] = useState(props.theme);
  const toast = useToast();

  const changeTheme = (next: Theme) => {
    setTheme(next);
    chooseTheme(next);
  };
  const leave = async () => {
    try {
      // Fetched when it is needed: every page would carry it.
      const { signOut } = await import("next-auth/react");
      await signOut({ redirect: false });
      // A full load, so that nothing of the session stays in the page's memory.
      window.location.assign("/sign-in");
    } catch {
      toast({
        tone: "danger",
        title: "You are still signed in",
        description: "The server could not be reached. Try again.",
      });
    }
  };

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
        <ThemeChoice theme={theme} onThemeChange={changeTheme} />
        <DropdownMenuSeparator />
        <DropdownMenuItem icon={<LogOut />} onSelect={leave}>
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
