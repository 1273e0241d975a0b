import { beforeEach, describe, expect, test } from "vitest";
import { auditCsv } from "@/lib/audit/csv";
import { recordDone } from "@/lib/audit/repository";
import { truncateAll } from "@/lib/testing/database";
import { contextOf, makeKey, makeMember, makeOrganization, type TestOrganization } from "@/lib/testing/factories";
import { inTransaction } from "@/lib/transaction";

let organization: TestOrganization;

beforeEach(async () => {
  await truncateAll();
  organization = await makeOrganization();
});

async function linesOf(csv: AsyncGenerator<string>): Promise<string[]> {
  let text = "";
  for await (const part of csv) text += part;
  return text.trimEnd().split("\r\n");
}

/** Names are what others chose: they reach the file of whoever downloads it. */
const write = (names: string[]) =>
  inTransaction((tx) =>
    recordDone(
      tx,
      {
        organizationId: organization.id,
        principal: { type: "system", id: "test", name: "Test" },
        ip: null,
        requestId: "req_1",
      },
      names.map((name, i) => ({
        action: "region.updated",
        target: { type: "region", id: `reg_${i}`, name },
        changes: { name: ["=1+1", name] as [unknown, unknown] },
      })),
    ),
  );

describe("the audit log as CSV", () => {
  test("has every event that matches, however many pages they fill", async () => {
    await write(Array.from({ length: 250 }, (_, i) => `n${i}`));
    const lines = await linesOf(auditCsv(await contextOf(organization.owner), { action: "region.updated" }));
    expect(lines).toHaveLength(251);
    expect(lines[0]).toMatch(/^at,action,outcome,principal_type,/);
    expect(new Set(lines).size).toBe(251);
  });

  test("IV-07 no cell begins like a formula", async () => {
    await write(["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", '=HYPERLINK("https://x","y")']);
    const lines = await linesOf(auditCsv(await contextOf(organization.owner), { action: "region.updated" }));
    for (const line of lines) expect(line).not.toMatch(/(?:^|,)"?[=+\-@\t]/);
  });

  test("is refused to who may not read the log, and for a filter that is wrong, before the first line", async () => {
    const developer = await makeMember(organization, "developer");
    await expect(auditCsv(await contextOf(developer), {}).next()).rejects.toMatchObject({
      code: "insufficient_permissions",
    });
    await expect(auditCsv(await contextOf(organization.owner), { from: "soon" }).next()).rejects.toMatchObject({
      code: "validation_failed",
    });
  });

  test("has nothing of another organization", async () => {
    await makeKey(organization, { name: "Ours alone" });
    const other = await makeOrganization();
    const text = (await linesOf(auditCsv(await contextOf(other.owner), {}))).join("\n");
    expect(text).not.toContain("Ours alone");
  });
});
