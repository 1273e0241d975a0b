"use client";

import { LogIn } from "lucide-react";
import { signIn } from "next-auth/react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/hydrated";

export type SignInProvider = { id: string; name: string };

/** One button for each OpenID Connect provider that is configured. */
export function ProviderButtons({ providers, next }: { providers: readonly SignInProvider[]; next: string }) {
  const hydrated = useHydrated();
  if (providers.length === 0) return null;
  return (
    <>
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          size="lg"
          className="w-full"
          disabled={!hydrated}
          onClick={() => signIn(id, { callbackUrl: next })}
        >
          <LogIn aria-hidden />
          Continue with {name}
        </Button>
      ))}
      <p className="flex items-center gap-3 text-sm text-text-muted before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        or with your password
      </p>
    </>
  );
}
