import type { z } from "zod";
import { parseAddress } from "@/lib/api-keys/ip-rules";
import type { verifySchema } from "@/lib/api-keys/verification-schema";
import { BoundedMap } from "@/lib/bounded-map";

type Input = { body: z.output<typeof verifySchema> };
/** All of it but the client's own token and address, which are of one request. */
type Required = Omit<Input["body"], "token" | "ip">;

/**
 * Reads the body of a verification as `parse` does, and with its errors. A service asks the same few questions all day,
 * and judging the form of one costs as much as deciding it: so that is done once for each.
 */
export function rememberingRequirements(parse: (raw: unknown) => Input): (raw: unknown) => Input {
  const remembered = new BoundedMap<Required>(1_000, 2_000);
  return (raw) => {
    const body = (raw as { body?: Record<string, unknown> }).body ?? {};
    const { token, ip } = body;
    const address = typeof ip === "string" ? parseAddress(ip) : ip;
    // What the schema would refuse, it refuses in its own words; and what nests deeper than a list is not for writing out.
    if (typeof token !== "string" || (address !== undefined && typeof address !== "string")) return parse(raw);
    if (!Object.values(body).every(isPlain)) return parse(raw);
    const { permissions, action, resource, subaccount, region_id } = remembered.getOrMake(textOf(body), () =>
      requirementsOf(parse(raw)),
    );
    return { body: { token, permissions, ip: address, action, resource, subaccount, region_id } };
  };
}

const isPlain = (value: unknown): boolean =>
  typeof value !== "object" || (Array.isArray(value) && value.every((item) => typeof item !== "object"));

/** The rest of the body as a text that no other has: each part stands behind its length. */
function textOf(body: Record<string, unknown>): string {
  let text = "";
  for (const name in body) {
    if (name === "token" || name === "ip") continue;
    const value = body[name];
    if (value === undefined) continue;
    const isText = typeof value === "string";
    const written = isText ? value : JSON.stringify(value);
    text += `${name.length} ${name}${written.length}${isText ? "t" : "j"}${written}`;
  }
  return text;
}

/** Without the token: nothing keeps one for longer than its request. */
function requirementsOf({ body: { permissions, action, resource, subaccount, region_id } }: Input): Required {
  return { permissions, action, resource, subaccount, region_id };
}
