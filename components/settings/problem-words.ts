import type { Problem } from "@/components/api-client";

/** A refusal in one paragraph, for a dialog or a notification without fields. */
export function problemWords(problem: Problem): string {
  const sentences = (problem.errors ?? []).map((error) => error.detail);
  const said = sentences.length > 0 ? sentences : [problem.detail ?? `${problem.title}.`];
  return [...said, ...exceedingWords(problem)].join(" ");
}

/** What of a member's limits is more than who sets them has. */
export function exceedingWords({ exceeding }: Problem): string[] {
  const { permissions, subaccounts } = exceeding ?? {};
  const words = (list: readonly string[]) => (list.includes("*") ? "no limit" : list.join(", "));
  return [
    ...(permissions ? [`Permissions beyond yours: ${words(permissions)}.`] : []),
    ...(subaccounts ? [`Subaccounts beyond yours: ${words(subaccounts)}.`] : []),
  ];
}
