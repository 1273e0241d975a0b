"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { useToast } from "@/components/ui/toast";

/** After a change: reads the page again and says what happened. `busy` while the reading is on its way. */
export function useChanged() {
  const router = useRouter();
  const toast = useToast();
  const [busy, startTransition] = useTransition();
  const refresh = () => startTransition(() => router.refresh());
  const changed = (title: string, description?: string) => {
    toast({ title, ...(description ? { description } : {}) });
    refresh();
  };
  return { busy, refresh, changed };
}
