import { matchesIpRules, parseIpRule } from "@/lib/api-keys/ip-rules";

/** Whether these rules, as they are typed, shut this address out. Not said while one of them cannot be read. */
export function shutsOut(rules: readonly string[], address: string): boolean {
  const isReadable = rules.every((rule) => parseIpRule(rule).ok);
  return rules.length > 0 && isReadable && !matchesIpRules(rules, address);
}
