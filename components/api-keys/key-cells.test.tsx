import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ExpiryText } from "@/components/api-keys/key-cells";
import { KeyRowProvider } from "@/components/api-keys/key-row-context";

const NOW = 1_795_170_000;
const DAY = 86_400;

const shown = (expiresAt: number | null): string =>
  renderToStaticMarkup(
    <KeyRowProvider
      value={{
        viewer: { id: "usr_1", role: "owner", ip: null, all_subaccounts: true },
        regionNames: new Map(),
        now: NOW,
        onAction: () => undefined,
      }}
    >
      <ExpiryText expiresAt={expiresAt} />
    </KeyRowProvider>,
  );

test.each([
  [7 * DAY + 1, false],
  [7 * DAY, true],
  [DAY, true],
  [1, true],
])("an expiry in %i s is amber: %s", (seconds, isAmber) => {
  expect(shown(NOW + seconds).includes("text-warning-text")).toBe(isAmber);
});

test("at its very second a key is expired, which its date says, and one without an expiry never", () => {
  expect(shown(NOW)).toContain("text-danger-text");
  expect(shown(NOW)).toContain(">20 Nov 2026</time>");
  expect(shown(null)).toContain("Never");
});
