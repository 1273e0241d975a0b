import { Card } from "@/components/ui/card";

/** What stands in place of the password form for who signs in through a provider alone. */
export function NoPasswordCard() {
  return (
    <Card title="Password">
      <p className="text-text-muted">
        You have none here: you sign in through your organization's provider, and change your password there.
      </p>
    </Card>
  );
}
