"use client";

import { callApi } from "@/components/api-client";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { useToast } from "@/components/ui/toast";
import type { ApiKey } from "@/lib/api-keys/view";

/** Switches a key on again at once: nothing that works can break by it. Says how it went. */
export function useReactivate(onChanged: () => void): (key: ApiKey) => Promise<void> {
  const toast = useToast();
  return async ({ id, name }) => {
    const answer = await callApi<ApiKey>("PUT", `/v4/account/api-keys/${id}`, { is_active: true });
    if (!answer.ok) {
      toast({ title: `${name} was not reactivated`, description: problemText(answer.problem), tone: "danger" });
      return;
    }
    const isExpired = answer.data.status === "expired";
    const inForce = inForceText(answer.headers);
    const description = isExpired ? "It has expired all the same: edit its expiration to use it." : inForce;
    toast({ title: `${name} is reactivated`, ...(description ? { description } : {}) });
    onChanged();
  };
}
