"use client";

import { useToast } from "@/components/ui/toast";

/** Ends the session and leaves for the sign-in page; says so when the server could not be reached. */
export function useSignOut(): () => Promise<void> {
  const toast = useToast();
  return async () => {
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
}
