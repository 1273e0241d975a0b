"use client";

import Link from "next/link";
import { statusLabel } from "@/components/api-keys/words";
import { Alert } from "@/components/ui/alert";
import type { ApiKey } from "@/lib/api-keys/view";

/** What became of a token or an id that was put into the search box. A token itself is not in it. */
export type KeyFinding =
  | { state: "part" }
  | { state: "looking"; by: "token" | "id" }
  | { state: "done"; by: "token" | "id"; key: ApiKey | null }
  | { state: "failed"; by: "token" | "id"; detail: string };

/** Says whose token or id it was, below the search box. */
export function FoundKey({ finding }: { finding: KeyFinding }) {
  if (finding.state === "part") {
    return (
      <Alert tone="info" announce className="mt-2" title="Only a whole token finds its key">
        This is a part of one, or its preview. Search by name or by id instead.
      </Alert>
    );
  }
  if (finding.state === "looking") {
    return (
      <Alert tone="info" announce className="mt-2">
        {finding.by === "token" ? "That is a token." : "That is the id of a key."} Looking for its key…
      </Alert>
    );
  }
  if (finding.state === "failed") {
    return (
      <Alert tone="danger" announce className="mt-2" title={`The ${finding.by} could not be looked up`}>
        {finding.detail}
      </Alert>
    );
  }
  if (finding.key === null) {
    return (
      <Alert tone="warning" announce className="mt-2" title={`No key that you can see has this ${finding.by}`}>
        It may be mistyped, of another organization, or of a key whose record was deleted.
      </Alert>
    );
  }
  const { id, name, status } = finding.key;
  return (
    <Alert tone="success" announce className="mt-2" title={`This ${finding.by}'s key was found`}>
      <Link href={`/api-keys/${id}`} className="font-medium underline underline-offset-2">
        {name}
      </Link>{" "}
      ({statusLabel(status).toLowerCase()}).
      {finding.by === "token" ? " The token went into no address and no log." : ""}
    </Alert>
  );
}
