import { expect, test } from "vitest";
import { curlExample, envFile, envFileName } from "@/components/api-keys/env-file";

test.each([
  ["CI pipeline", "ci-pipeline.env"],
  ["  Zürich / Büro (1) ", "zurich-buro-1.env"],
  ["../../etc/passwd", "etc-passwd.env"],
  [".env", "env.env"],
  ["🔑", "api-key.env"],
  ["x".repeat(100), `${"x".repeat(60)}.env`],
])("the file for %j is %s", (name, file) => {
  expect(envFileName(name)).toBe(file);
});

test("the file holds the one variable that the examples use", () => {
  expect(envFile("lk_prod_x")).toBe("LATCHKEY_TOKEN=lk_prod_x\n");
});

test("the example calls this very installation", () => {
  expect(curlExample("lk_prod_x", "https://keys.example.com")).toBe(
    'curl -H "Authorization: Bearer lk_prod_x" \\\n  https://keys.example.com/v4/account/api-keys/allowed-permissions',
  );
});
