/** Which addresses are in a network, however both are written. */
import { describe, expect, test } from "vitest";
import type { TelltaleError } from "../../src/error.ts";
import { matchNetworks } from "../../src/source/networks.ts";

describe("networks", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.7", "192.0.2.8", false],
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::/0", "2001:db8::1", true],
    ["::/0", "192.0.2.7", false],
    // A socket of both families gives IPv4 in an IPv6 coat.
    ["192.0.2.0/24", "::ffff:192.0.2.7", true],
    ["192.0.2.0/24", "::ffff:c000:207", true],
    ["192.0.2.0/24", "::ffff:192.0.3.7", false],
    ["::ffff:192.0.2.0/120", "192.0.2.7", true],
    ["::ffff:192.0.2.0/120", "192.0.3.7", false],
    ["::ffff:c000:207", "192.0.2.7", true],
    ["192.0.2.0/24", "no address", false],
  ])("%s holds %s: %s", (network, address, expected) => {
    const matches = matchNetworks([network], "listen.allow");
    expect(matches(address)).toBe(expected);
    expect(matches(address)).toBe(expected);
  });

  test.each([
    "192.0.2.0/33",
    "192.0.2",
    "010.0.0.1",
    "0x7f.1",
    "192.0.2.1/",
    "/24",
    "2001:db8::/129",
    "r1.example.net",
    "::ffff:192.0.2.0/24",
  ])("%s is no network", (network) => {
    expect(() => matchNetworks([network], "listen.allow")).toThrow(
      expect.objectContaining<Partial<TelltaleError>>({
        code: "CONFIG_INVALID",
        message: `listen.allow: ${network} is no address or network`,
      }),
    );
  });
});
