import { beforeEach, expect, test } from "vitest";
import { SORTS } from "@/lib/api-keys/list-query";
import { lastUsedFrom, listApiKeys } from "@/lib/api-keys/operations/list";
import { cursorOfPageBefore } from "@/lib/api-keys/operations/page-before";
import type { RequestContext } from "@/lib/context";
import { getDb } from "@/lib/db";
import type { MemberPrincipal } from "@/lib/principal";
import { truncateAll } from "@/lib/testing/database";
import { makeKey, makeOrganization, type TestOrganization } from "@/lib/testing/factories";

let organization: TestOrganization;
beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

function contextOf({ id, owner }: TestOrganization): RequestContext<MemberPrincipal> {
  const principal: MemberPrincipal = {
    ...{ type: "user", id: owner.id, name: "Ada", email: owner.email, role: "owner" },
    ...{ organization_id: id, organization_name: "Acme", session_id: "ses_1", bootstrapped: true },
    ...{ permissions: null, subaccounts: null },
  };
  return { principal, ip: null, requestId: "req_1" };
}

test.each(SORTS)("going back from any page shows the very page before it, sorted by %s", async (sort) => {
  const context = contextOf(organization);
  for (let count = 0; count < 7; count++) await makeKey(organization);
  const cursors: (string | null)[] = [null];
  for (;;) {
    const cursor = cursors.at(-1);
    const query = { sort, limit: "2", ...(cursor ? { cursor } : {}) };
    const { next_cursor } = await listApiKeys(context, { query });
    if (next_cursor === null) break;
    cursors.push(next_cursor);
  }
  expect(cursors).toHaveLength(4);
  for (const [index, cursor] of cursors.entries()) {
    if (cursor === null) continue;
    expect(await cursorOfPageBefore(context, { query: { sort, limit: "2", cursor } })).toBe(cursors[index - 1]);
  }
});

test("PZ-19 a cursor of another order or made by hand is refused, not guessed at", async () => {
  const context = contextOf(organization);
  for (let count = 0; count < 3; count++) await makeKey(organization);
  const { next_cursor } = await listApiKeys(context, { query: { sort: "name", limit: "1" } });
  const wrong = { sort: "-name", limit: "1", cursor: next_cursor };
  await expect(cursorOfPageBefore(context, { query: wrong })).rejects.toThrow(/cursor/);
});

test("the address of a key's last use is told to its own organization only", async () => {
  const { id } = await makeKey(organization);
  const { id: unused } = await makeKey(organization);
  await getDb().pool.query("UPDATE api_keys SET last_used_ip = '203.0.113.9', last_used_at = now() WHERE id = $1", [
    id,
  ]);
  const body = { ids: [id, unused] };
  expect(await lastUsedFrom(contextOf(organization), { body })).toEqual({ [id]: "203.0.113.9" });
  expect(await lastUsedFrom(contextOf(await makeOrganization()), { body })).toEqual({});
});
