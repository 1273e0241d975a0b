import { parseIpRule } from "@/lib/api-keys/ip-rules";
import type { Warning } from "@/lib/api-keys/view";
import { hasMixedScript } from "@/lib/text";

/** What is accepted but worth a second look: rules that admit everyone, and names that imitate another alphabet. */
export function warningsFor(changed: {
  name?: string | undefined;
  allowed_ips?: readonly string[] | undefined;
}): Warning[] {
  const warnings: Warning[] = [];
  if (changed.name !== undefined && hasMixedScript(changed.name)) {
    warnings.push({
      pointer: "/name",
      code: "mixed_script",
      detail: "The name mixes alphabets and may look like another name.",
    });
  }
  changed.allowed_ips?.forEach((rule, index) => {
    const parsed = parseIpRule(rule);
    if (!parsed.ok || !parsed.wildcard) return;
    const family = rule.includes(":") ? "IPv6" : "IPv4";
    warnings.push({
      pointer: `/allowed_ips/${index}`,
      code: "wildcard_range",
      detail: `${rule} admits every ${family} address.`,
    });
  });
  return warnings;
}
