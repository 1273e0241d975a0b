"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { HOME } from "@/components/shell/home";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

/** The way back to the one step that is missing, on every page but the one that explains it. */
export function SetUpNotice() {
  if (usePathname().startsWith(HOME)) return null;
  return (
    <Alert
      title="API keys are not set up yet"
      className="mb-6"
      actions={
        <Button asChild size="sm">
          <Link href={HOME}>Set up API keys</Link>
        </Button>
      }
    >
      It takes one click of an owner. Until then no key can be made, and there is nothing to see of any.
    </Alert>
  );
}
