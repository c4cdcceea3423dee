/** Networks of rules: `address|cidr: 192.0.2.0/24`. */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseNetwork } from "../../src/rule/cidr.ts";

test.each([
  ["192.0.2.0/24", "192.0.2.255", true],
  ["192.0.2.0/24", "192.0.3.0", false],
  ["192.0.2.7", "192.0.2.7", true],
  ["0.0.0.0/0", "203.0.113.9", true],
  ["2001:db8::/32", "2001:db8:ffff::1", true],
  ["2001:db8::/32", "2001:db9::1", false],
  ["192.0.2.0/24", "::ffff:192.0.2.9", true],
  ["192.0.2.0/24", "2001:db8::1", false],
  ["192.0.2.0/24", "no address", false],
  ["::/0", "192.0.2.1", false],
])("%s and %s: %s", (network, address, inside) => {
  expect(parseNetwork(network)!(address)).toBe(inside);
});

test.each(["", "192.0.2", "192.0.2.0/33", "2001:db8::/129", "192.0.2.256/24", "1::2::3", "host", "192.0.2.0/a"])(
  "%j names no network",
  (text) => {
    expect(parseNetwork(text)).toBeNull();
  },
);

test("the same addresses are inside as Node's own list has it", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, address, fc.nat(128), (base, other, length) => {
      if (/^::ffff:/i.test(base) || /^::ffff:/i.test(other)) return;
      const family = isIPv4(base) ? "ipv4" : "ipv6";
      const prefix = Math.min(length, family === "ipv4" ? 32 : 128);
      const list = new BlockList();
      list.addSubnet(base, prefix, family);
      const holds = parseNetwork(`${base}/${prefix}`)!;
      for (const one of [base, other]) {
        const same = isIPv6(one) === (family === "ipv6");
        expect(holds(one)).toBe(same && list.check(one, family));
      }
    }),
    { numRuns: 500 },
  );
});
