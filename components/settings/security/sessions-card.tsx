"use client";

import { Laptop } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { deviceOf } from "@/components/settings/security/device";
import { useChanged } from "@/components/settings/use-changed";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Time } from "@/components/ui/time";
import type { Session } from "@/lib/sessions/schema";

type SessionsCardProps = { sessions: readonly Session[]; total: number };
type Asking = { kind: "one"; session: Session } | { kind: "others" };

/** Where the member is signed in now, and the ways to end that. */
export function SessionsCard({ sessions, total }: SessionsCardProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const { refresh, changed } = useChanged();
  const others = total - 1;
  return (
    <Card
      title="Your sessions"
      description="Where you are signed in. A session ends by itself after an hour without use, and after 12 hours in any case."
    >
      <ul className="-my-1 divide-y divide-border">
        {sessions.map((session) => (
          <SessionItem key={session.id} session={session} onEnd={() => setAsking({ kind: "one", session })} />
        ))}
      </ul>
      {total > sessions.length ? (
        <p className="mt-3 text-sm text-text-muted">
          The {sessions.length} latest used of {total} are shown.
        </p>
      ) : null}
      <div className="mt-4 border-border border-t pt-4">
        {others > 0 ? (
          <Button onClick={() => setAsking({ kind: "others" })}>Sign out everywhere else</Button>
        ) : (
          <p className="text-sm text-text-muted">You are signed in nowhere else.</p>
        )}
      </div>
      {asking ? (
        <EndDialog
          asking={asking}
          others={others}
          onClose={() => setAsking(null)}
          onReload={refresh}
          onDone={(message) => {
            setAsking(null);
            changed(message);
          }}
        />
      ) : null}
    </Card>
  );
}

function SessionItem({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const device = deviceOf(session.user_agent) ?? "Another program";
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <Laptop aria-hidden className="shrink-0 text-text-muted" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium" title={session.user_agent ?? undefined}>
            {device}
          </span>
          {session.is_current ? <Badge tone="success">This session</Badge> : null}
        </p>
        <p className="mt-0.5 break-words text-sm text-text-muted">
          {session.ip ? (
            <>
              From <span className="font-mono text-xs">{session.ip}</span>
            </>
          ) : (
            "From an unknown address"
          )}
          {" · signed in "}
          <Time value={session.created_at} />
          {" · last used "}
          <Time value={session.last_seen_at} />
        </p>
      </div>
      {session.is_current ? null : (
        <Button size="sm" onClick={onEnd} aria-label={`Sign out ${device}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}

type EndDialogProps = {
  asking: Asking;
  others: number;
  onClose: () => void;
  onReload: () => void;
  onDone: (message: string) => void;
};

function EndDialog({ asking, others, onClose, onReload, onDone }: EndDialogProps) {
  if (asking.kind === "one") {
    const { id, user_agent } = asking.session;
    const device = deviceOf(user_agent) ?? "that program";
    return (
      <ConfirmDialog
        title={`Sign out ${device}?`}
        description="It has to sign in again with your e-mail and password. What it has not saved is lost."
        confirmLabel="Sign out"
        request={{ method: "DELETE", path: `/v4/account/sessions/${id}` }}
        onClose={onClose}
        onDone={() => onDone("The session is ended")}
        onReload={onReload}
      />
    );
  }
  return (
    <ConfirmDialog<{ ended: number }>
      title="Sign out everywhere else?"
      description={`${others === 1 ? "Your other session ends" : `Your ${others} other sessions end`} at once. You stay signed in here.`}
      confirmLabel="Sign out everywhere else"
      request={{ method: "POST", path: "/v4/account/sessions/end-others" }}
      onClose={onClose}
      onDone={({ ended }) => onDone(ended === 1 ? "1 other session is ended" : `${ended} other sessions are ended`)}
      onReload={onReload}
    />
  );
}
