import type { Route } from "next";
import Link from "next/link";
import { HOME } from "@/components/shell/home";
import { ProductMark } from "@/components/shell/product-mark";

/** The top of a page that is there signed out too: what this is, and the way on. */
export function PublicHeader({ isSignedIn }: { isSignedIn: boolean }) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-3 border-border border-b bg-surface-sunken px-4">
      <Link href={HOME} className="flex min-h-8 shrink-0 items-center gap-2 rounded-md font-semibold">
        <ProductMark />
        Latchkey
      </Link>
      <nav aria-label="Main" className="ml-auto flex items-center gap-4 text-sm">
        {isSignedIn ? (
          <>
            <HeaderLink href="/reference">API reference</HeaderLink>
            <HeaderLink href={HOME}>Console</HeaderLink>
          </>
        ) : (
          <HeaderLink href="/sign-in">Sign in</HeaderLink>
        )}
      </nav>
    </header>
  );
}

function HeaderLink({ href, children }: { href: Route; children: string }) {
  return (
    <Link href={href} className="flex min-h-8 items-center text-text-muted hover:text-text hover:underline">
      {children}
    </Link>
  );
}
