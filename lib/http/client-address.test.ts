import { describe, expect, test } from "vitest";
import { clientAddress } from "@/lib/http/client-address";
import { limitedNetwork } from "@/lib/ip-address";

const PROXIES = ["10.0.0.0/8", "2001:db8:ffff::/48"];

describe("clientAddress", () => {
  test.each([
    ["no proxy is trusted", "203.0.113.9", "198.51.100.7", [], "203.0.113.9"],
    ["IP-04 the peer is no proxy", "203.0.113.9", "198.51.100.7", PROXIES, "203.0.113.9"],
    ["IP-05 one proxy", "10.0.0.1", "198.51.100.7", PROXIES, "198.51.100.7"],
    [
      "IP-05 a chain: the first from the right that is no proxy",
      "10.0.0.1",
      "6.6.6.6, 198.51.100.7, 10.0.0.2,10.0.0.3",
      PROXIES,
      "198.51.100.7",
    ],
    [
      "IP-05 what the client wrote on the left is nothing",
      "10.0.0.1",
      "10.0.0.9, 198.51.100.7",
      PROXIES,
      "198.51.100.7",
    ],
    ["IP-05 an IPv6 proxy in front of an IPv6 client", "2001:db8:ffff::1", "2001:DB8:0::7", PROXIES, "2001:db8::7"],
    ["IP-02 an IPv4 peer on a dual-stack socket", "::ffff:10.0.0.1", "198.51.100.7", PROXIES, "198.51.100.7"],
    ["the proxy's own request", "10.0.0.1", undefined, PROXIES, "10.0.0.1"],
    ["nothing but proxies", "10.0.0.1", "10.0.0.2", PROXIES, "10.0.0.2"],
    ["IP-06 a malformed rightmost element", "10.0.0.1", "198.51.100.7, unknown", PROXIES, null],
    ["IP-06 an empty rightmost element", "10.0.0.1", "198.51.100.7,", PROXIES, null],
    ["IP-06 an address with a port", "10.0.0.1", "198.51.100.7:443", PROXIES, null],
    ["IP-06 a zone", "10.0.0.1", "fe80::1%eth0", PROXIES, null],
    ["IP-06 a unix socket has no peer", "", "198.51.100.7", PROXIES, null],
    ["IP-06 an unknown peer", null, "198.51.100.7", PROXIES, null],
  ])("%s", (_what, peer, forwarded, proxies, expected) => {
    expect(clientAddress(peer, forwarded, proxies)).toBe(expected);
  });

  test("DS-05 a header of 16 kB is read in no time", () => {
    const started = performance.now();
    expect(clientAddress("10.0.0.1", "10.0.0.2,".repeat(1_800), PROXIES)).toBeNull();
    expect(clientAddress("10.0.0.1", `${"10.0.0.2,".repeat(1_800)}10.0.0.2`, PROXIES)).not.toBe("10.0.0.1");
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("limitedNetwork", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
    [null, "unknown"],
  ])("AN-22 %s is counted as %s", (address, expected) => {
    expect(limitedNetwork(address)).toBe(expected);
  });
});
