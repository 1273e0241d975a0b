import { ENDED_KEYS } from "@/scripts/demo/ended-keys";
import type { PersonName, RegionName, SubaccountName } from "@/scripts/demo/people";
import { SERVICE_KEYS } from "@/scripts/demo/service-keys";
import { TEAM_KEYS } from "@/scripts/demo/team-keys";

/** What happens to a key later on, so many days ago. */
export type Turn = { ago: number; by?: PersonName } & (
  | { do: "disable" | "reactivate" | "revoke" }
  | { do: "regenerate"; overlapHours?: number }
  | { do: "edit"; fields: Record<string, unknown> }
);

/** Its traffic: requests on a working day, and how they fall over day and week. `until`: days ago. */
export type Traffic = {
  perDay: number;
  shape: "steady" | "office" | "nightly" | "growing" | "fading";
  from?: string;
  until?: number;
  /** Share of the requests that are denied, by reason. */
  denied?: Record<string, number>;
};

export type DemoKey = {
  name: string;
  description?: string;
  by: PersonName;
  /** Days since it was made. */
  age: number;
  environment?: "preview";
  region?: RegionName;
  permissions: string[];
  scopes?: { action: "read" | "write" | "admin" | "*"; resource: string }[];
  ips?: string[];
  subaccounts?: SubaccountName[];
  /** Days from when it was made to its expiry. */
  lives?: number;
  traffic?: Traffic;
  turns?: Turn[];
};

/** 40 keys: 26 active (one in an overlap, four that expire within the week), 4 disabled, 4 expired, 6 revoked. */
export const KEYS: DemoKey[] = [...SERVICE_KEYS, ...TEAM_KEYS, ...ENDED_KEYS];
