import type { ReactNode } from "react";
import type { PermissionChoice } from "@/components/api-keys/permission-groups";
import { notOffered } from "@/components/api-keys/permission-groups";
import { summaryOf } from "@/components/api-keys/summary";
import type { ApiKey } from "@/lib/api-keys/view";

type KeyAccessProps = {
  apiKey: ApiKey;
  choice: PermissionChoice;
  subaccounts: readonly { id: string; name: string }[];
};

/** What the key can do: in a sentence, and item by item. */
export function KeyAccess({ apiKey, choice, subaccounts }: KeyAccessProps) {
  const { permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips } = apiKey;
  const names = new Map(subaccounts.map(({ id, name }) => [id, name]));
  const gone = new Set(notOffered(permissions, choice));
  return (
    <>
      <p className="wrap-anywhere max-w-prose text-pretty text-lg">
        {summaryOf(apiKey, choice) ?? "It can do nothing."}
      </p>
      <dl className="mt-4 grid gap-x-6 gap-y-4 sm:grid-cols-2">
        <Axis name="Permissions" none="None">
          {permissions.map((permission) => (
            <Item key={permission} note={gone.has(permission) ? "no longer offered" : undefined}>
              {permission}
            </Item>
          ))}
        </Axis>
        <Axis name="Scopes" none="None">
          {scopes.map(({ action, resource }) => (
            <Item key={`${action} ${resource}`}>
              {action} on {resource}
            </Item>
          ))}
        </Axis>
        <Axis name="IP restrictions" none="Any address">
          {allowed_ips.map((rule) => (
            <Item key={rule}>{rule}</Item>
          ))}
        </Axis>
        <Axis name="Subaccount access" none={all_subaccounts ? "All subaccounts" : "None"}>
          {allowed_subaccounts.map((id) => (
            <Item key={id}>{names.get(id) ?? id}</Item>
          ))}
        </Axis>
      </dl>
    </>
  );
}

function Axis({ name, none, children }: { name: string; none: string; children: ReactNode[] }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-text-muted">{name}</dt>
      <dd>{children.length === 0 ? none : <ul className="mt-1 flex flex-wrap gap-1.5">{children}</ul>}</dd>
    </div>
  );
}

function Item({ note, children }: { note?: string | undefined; children: ReactNode }) {
  return (
    <li className="max-w-full break-all rounded-sm border border-border bg-surface-sunken px-1.5 py-0.5 font-mono text-xs">
      {children}
      {note ? <span className="ml-1.5 font-sans text-text-muted">{note}</span> : null}
    </li>
  );
}
