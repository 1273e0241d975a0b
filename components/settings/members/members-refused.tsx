import { UsersRound } from "lucide-react";
import { SettingsHeader } from "@/components/settings/settings-header";
import { EmptyState } from "@/components/ui/empty-state";

/** What stands here for who does not manage members: why, and whom to ask. */
export function MembersRefused({ role }: { role: string }) {
  return (
    <>
      <SettingsHeader title="Members" description="Who can sign in, and what each may do." />
      <EmptyState
        icon={<UsersRound />}
        title="Owners and admins see the members"
        description={`You are signed in as a ${role}. Ask an owner or admin to invite someone or to change what a member may do.`}
      />
    </>
  );
}
