import type { Role } from "@/lib/principal";

export const PASSWORD = "a lantern in the harbour";
export const ORGANIZATION = "Meridian Networks";

type Person = { name: string; email: string; role: Role; ip: string; joined: number };

/** `joined`: days ago. Who joins after the owner does so by an invitation. */
export const PEOPLE = {
  ada: { name: "Ada Moreau", email: "ada@meridian.example", role: "owner", ip: "198.51.100.14", joined: 119 },
  tomas: { name: "Tomás Rivera", email: "tomas@meridian.example", role: "admin", ip: "198.51.100.27", joined: 117 },
  priya: { name: "Priya Nair", email: "priya@meridian.example", role: "developer", ip: "203.0.113.61", joined: 112 },
  jonas: { name: "Jonas Lind", email: "jonas@meridian.example", role: "developer", ip: "203.0.113.75", joined: 96 },
  sam: { name: "Sam Whitfield", email: "sam@meridian.example", role: "developer", ip: "192.0.2.180", joined: 110 },
  mei: { name: "Mei Tanaka", email: "mei@meridian.example", role: "viewer", ip: "198.51.100.33", joined: 71 },
} as const satisfies Record<string, Person>;

export type PersonName = keyof typeof PEOPLE;

/** Invited two days ago, and has not come yet. */
export const INVITED = { name: "Lena Fischer", email: "lena@meridian.example", role: "developer" } as const;

/** The first one is the organization's default region, under the name it is given here. */
export const REGIONS = {
  eu: { name: "eu-central", description: "Frankfurt and Amsterdam" },
  us: { name: "us-east", description: "Ashburn" },
  ap: { name: "ap-southeast", description: "Singapore", always_keep_one_active_key: true },
} as const;

export type RegionName = keyof typeof REGIONS;

export const SUBACCOUNTS = {
  harbor: { name: "Harbor Retail", external_id: "cus_10021" },
  cobalt: { name: "Cobalt Travel", external_id: "cus_10034" },
  juniper: { name: "Juniper Research", external_id: "cus_10058" },
  atlas: { name: "Atlas Freight", external_id: "cus_10071" },
  wren: { name: "Wren Analytics", external_id: "cus_10090" },
  internal: { name: "Internal tools", external_id: null },
} as const;

export type SubaccountName = keyof typeof SUBACCOUNTS;
