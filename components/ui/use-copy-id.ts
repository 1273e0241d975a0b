"use client";

import { copyText } from "@/components/ui/copy";
import { useToast } from "@/components/ui/toast";

/** Copies an id and says whether the browser let it. */
export function useCopyId(): (id: string) => Promise<void> {
  const toast = useToast();
  return async (id) => {
    const result = await copyText(id, null);
    if (result === "copied") toast({ title: "ID copied", description: id });
    else toast({ title: "The browser refused to copy", description: id, tone: "info" });
  };
}
