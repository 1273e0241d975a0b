import Link from "next/link";
import { AccountMenu } from "@/components/shell/account-menu";
import { HOME } from "@/components/shell/home";
import { NavDrawer } from "@/components/shell/nav-drawer";
import { PaletteButton } from "@/components/shell/palette-button";
import { ProductMark } from "@/components/shell/product-mark";
import type { ShellProps } from "@/components/shell/shell";

export function TopBar({ organizationName, ...account }: ShellProps) {
  const { role, bootstrapped } = account;
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-3 border-border border-b bg-surface-sunken px-4">
      <NavDrawer viewer={{ role, bootstrapped }} organizationName={organizationName} />
      <Link href={HOME} className="flex min-h-8 shrink-0 items-center gap-2 rounded-md font-semibold">
        <ProductMark />
        <span className="max-sm:sr-only">Latchkey</span>
      </Link>
      <span aria-hidden className="h-5 w-px bg-border max-sm:hidden" />
      <span className="min-w-0 truncate text-text-muted max-sm:font-medium max-sm:text-text">{organizationName}</span>
      <div className="ml-auto flex items-center gap-2">
        <PaletteButton />
        <AccountMenu {...account} />
      </div>
    </header>
  );
}
