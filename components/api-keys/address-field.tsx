"use client";

import { Plus } from "lucide-react";
import { Controller } from "react-hook-form";
import { useKeyFields } from "@/components/api-keys/key-form";
import { shutsOut } from "@/components/api-keys/own-address";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { TagInput } from "@/components/ui/tag-input";
import { parseIpRule } from "@/lib/api-keys/ip-rules";
import { MAX_ADDRESS_RULES } from "@/lib/api-keys/schema";

/** Allowed IPs: each entry is judged while it is typed, with a way out offered where one is meant. */
export function AddressField({ ownAddress }: { ownAddress: string | null }) {
  const { control, formState } = useKeyFields();
  const error = formState.errors.allowed_ips?.message ?? formState.errors.allowed_ips?.root?.message;
  return (
    <Controller
      control={control}
      name="allowed_ips"
      render={({ field }) => (
        <div className="flex flex-col gap-2">
          <Field
            field="allowed_ips"
            label="IP restrictions"
            optional
            error={error}
            hint="Addresses or CIDR ranges, IPv4 or IPv6; paste many at once. None: any address may use the key."
          >
            <TagInput
              ref={field.ref}
              value={field.value}
              onValueChange={field.onChange}
              onBlur={field.onBlur}
              canonical={canonicalRule}
              itemErrors={itemErrors(field.value)}
              placeholder="203.0.113.0/24"
            />
          </Field>
          {field.value.length > MAX_ADDRESS_RULES ? (
            <p role="status" className="text-danger-text text-sm">
              {field.value.length} of {MAX_ADDRESS_RULES} entries: {field.value.length - MAX_ADDRESS_RULES} too many.
            </p>
          ) : null}
          <Suggestions rules={field.value} onReplace={field.onChange} />
          <Wildcards rules={field.value} />
          <OwnAddress
            rules={field.value}
            address={ownAddress}
            onAdd={(rule) => field.onChange([...field.value, rule])}
          />
        </div>
      )}
    />
  );
}

/** The rule as it will be stored; an entry that cannot be read stays as it was typed. */
function canonicalRule(text: string): string {
  const parsed = parseIpRule(text);
  return parsed.ok ? parsed.rule : text;
}

function itemErrors(rules: readonly string[]): Record<number, string> {
  const refused = rules.flatMap((rule, index) => {
    const parsed = parseIpRule(rule);
    return parsed.ok ? [] : [[index, parsed.detail] as const];
  });
  return Object.fromEntries(refused);
}

function Suggestions({ rules, onReplace }: { rules: readonly string[]; onReplace: (rules: string[]) => void }) {
  const offers = rules.flatMap((rule) => {
    const parsed = parseIpRule(rule);
    return parsed.ok || !parsed.suggestions?.length ? [] : [{ rule, suggestions: parsed.suggestions }];
  });
  if (offers.length === 0) return null;
  const replace = (rule: string, by: string) =>
    onReplace([...new Set(rules.map((entry) => (entry === rule ? by : entry)))]);

  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {offers.map(({ rule, suggestions }) => (
        <li key={rule} className="flex flex-wrap items-center gap-1.5">
          <span className="wrap-anywhere text-text-muted">
            For <span className="font-mono">{rule}</span>, did you mean
          </span>
          {suggestions.map((suggestion) => (
            <Button
              key={suggestion}
              size="sm"
              className="font-mono"
              aria-label={`Use ${suggestion} instead of ${rule}`}
              onClick={() => replace(rule, suggestion)}
            >
              {suggestion}
            </Button>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Wildcards({ rules }: { rules: readonly string[] }) {
  const wildcards = rules.filter((rule) => {
    const parsed = parseIpRule(rule);
    return parsed.ok && parsed.wildcard;
  });
  if (wildcards.length === 0) return null;
  return (
    <Alert tone="warning" announce>
      {wildcards.map((rule) => (
        <p key={rule}>
          <span className="font-mono">{rule}</span> admits every {rule.includes(":") ? "IPv6" : "IPv4"} address.
        </p>
      ))}
    </Alert>
  );
}

type OwnAddressProps = { rules: readonly string[]; address: string | null; onAdd: (rule: string) => void };

function OwnAddress({ rules, address, onAdd }: OwnAddressProps) {
  if (address === null) return null;
  const isOutside = shutsOut(rules, address);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      {rules.includes(address) ? null : (
        <Button size="sm" onClick={() => onAdd(address)}>
          <Plus aria-hidden />
          Add my current address ({address})
        </Button>
      )}
      {isOutside ? (
        <p className="text-sm text-warning-text" role="status">
          Your own address {address} is outside these rules.
        </p>
      ) : null}
    </div>
  );
}
