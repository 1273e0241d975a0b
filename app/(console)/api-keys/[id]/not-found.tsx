import type { Metadata } from "next";
import Link from "next/link";
import { MessagePage } from "@/components/shell/message-page";
import { Button } from "@/components/ui/button";

export const metadata: Metadata = { title: "No such key" };

/** Also for keys of others, which are told apart from absent ones by nobody. */
export default function KeyNotFound() {
  return (
    <MessagePage
      title="This key does not exist"
      description="It was deleted permanently, is not yours to see, or its address is wrong. What was done to a key that is gone stands in the audit log."
    >
      <Button asChild variant="primary">
        <Link href="/api-keys">All API keys</Link>
      </Button>
      <Button asChild>
        <Link href="/audit-log">Audit log</Link>
      </Button>
    </MessagePage>
  );
}
