import { expect, test } from "vitest";
import { describeUrl, withDatabase, withServerOptions } from "@/lib/postgres/connection-url";

test("server options are added to those of the operator, not put in their place", () => {
  const url = withServerOptions("postgresql://u:p@db.example/x?options=-c%20search_path%3Da&sslmode=require", {
    timezone: "UTC",
  });
  expect(new URL(url).searchParams.get("options")).toBe("-c search_path=a -c timezone=UTC");
  expect(new URL(url).searchParams.get("sslmode")).toBe("require");
});

test("another database keeps the login and the socket directory", () => {
  const url = withDatabase("postgresql://u:p@localhost/x?host=%2Frun%2Fpg", "y");
  expect(url).toBe("postgresql://u:p@localhost/y?host=%2Frun%2Fpg");
});

test("SH-09 a printed URL has neither user nor password", () => {
  expect(describeUrl("postgresql://user:secret@db.example:5433/keys?sslmode=require")).toBe("db.example:5433/keys");
});
