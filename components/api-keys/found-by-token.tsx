"use client";

import Link from "next/link";
import { statusLabel } from "@/components/api-keys/words";
import { Alert } from "@/components/ui/alert";
import type { ApiKey } from "@/lib/api-keys/view";

/** What became of a token that was put into the search box. The token itself is not in it. */
export type TokenSearch =
  | { state: "looking" }
  | { state: "done"; key: ApiKey | null }
  | { state: "failed"; detail: string };

/** Says whose token it was, below the search box. */
export function FoundByToken({ search }: { search: TokenSearch }) {
  if (search.state === "looking") {
    return (
      <Alert tone="info" announce className="mt-2">
        That is a token. Looking for its key…
      </Alert>
    );
  }
  if (search.state === "failed") {
    return (
      <Alert tone="danger" announce className="mt-2" title="The token could not be looked up">
        {search.detail}
      </Alert>
    );
  }
  if (search.key === null) {
    return (
      <Alert tone="warning" announce className="mt-2" title="No key that you can see has this token">
        It may be mistyped, of another organization, or of a key whose record was deleted.
      </Alert>
    );
  }
  const { id, name, status } = search.key;
  return (
    <Alert tone="success" announce className="mt-2" title="This token's key was found">
      <Link href={`/api-keys/${id}`} className="font-medium underline underline-offset-2">
        {name}
      </Link>{" "}
      ({statusLabel(status).toLowerCase()}). The token went into no address and no log.
    </Alert>
  );
}
