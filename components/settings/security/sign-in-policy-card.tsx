import { Card } from "@/components/ui/card";

/** The rules of signing in, in words. They are the same for everyone and not switches that can be set too low. */
export function SignInPolicyCard() {
  return (
    <Card title="Sign-in policy" description="In force for every member.">
      <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
        {RULES.map(([name, rule]) => (
          <div key={name} className="contents">
            <dt className="text-text-muted max-sm:-mb-2">{name}</dt>
            <dd className="text-pretty">{rule}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

const RULES = [
  ["Passwords", "15 to 128 characters, without composition rules; common and guessable ones are refused."],
  [
    "Guessing",
    "Slowed down per account and per address, more with each failure, never locked for good. Every refusal is in the audit log.",
  ],
  ["Sessions", "End after 60 minutes without use and after 12 hours in any case."],
  [
    "Ended at once",
    "By signing out, by a changed password, by another role and by deactivation, everywhere, from the next request on.",
  ],
] as const;
