import Link from "next/link";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

const NEXT_STEP = {
  "set-up": "If nobody has set this instance up yet, restart it: a new link is printed in the server's log.",
  invitation: "Ask an owner or admin of the organization for a new one.",
};

/** A one-time link that was used before, has expired or was never issued: nobody is told which. */
export function LinkUsed({ what }: { what: keyof typeof NEXT_STEP }) {
  return (
    <>
      <Alert tone="warning" announce title={`This ${what} link does not work any more`}>
        It was used before or has expired. {NEXT_STEP[what]}
      </Alert>
      <Button asChild size="lg">
        <Link href="/sign-in">Go to sign-in</Link>
      </Button>
    </>
  );
}
