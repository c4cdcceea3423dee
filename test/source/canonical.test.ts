/** One address is one address, however it is written: for who may send, for rules, and for where outputs may connect. */
import { isIP, isIPv4 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reachable } from "../../src/output/reachable.ts";
import { parseNetwork } from "../../src/rule/cidr.ts";
import { senderAddress } from "../../src/source/address.ts";
import { matchNetworks } from "../../src/source/networks.ts";

/** Forms that another reader takes for an address, or for another one. */
const ODD = [
  "010.0.0.1",
  "0x7f.1",
  "1.1",
  "127.1",
  "2130706433",
  "127.0.0.1.",
  "127.0.0.01",
  "0177.0.0.1",
  "１２７.0.0.1",
  "127.0.0.1\0",
  "::ffff:127.1",
];

describe("an address in another form", () => {
  test.each(ODD)("%j names no network, and is in none", (text) => {
    expect(parseNetwork(text)).toBeNull();
    expect(() => matchNetworks([text], "listen.allow")).toThrow(/no address or network/);
    expect(() => reachable([text], "outputs.x.networks")).toThrow();
  });

  test.each(["http://0x7f.1/", "http://2130706433/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.0.1./"])(
    "%s is the one that is connected to before it is checked",
    (url) => {
      const host = new URL(url).hostname;
      expect(() => reachable(["192.0.2.0/24"], "outputs.x.networks").check(host.replace(/\.$/, ""))).toThrow();
      expect(host.replace(/\.$/, "")).toBe("127.0.0.1");
    },
  );

  test.each([
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://0xa9fea9fe/",
    "http://[64:ff9b::169.254.169.254]/",
  ])("%s does not lead to the metadata of a cloud", (url) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
    expect(() => reachable([], "outputs.x.networks").check(host)).toThrow(/may not be connected to/);
  });

  test("is one for rules exactly where it is one for sockets", () => {
    const piece = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom("0", "01", "1", "255", "256", "ffff", "1.2.3.4", ".", ":", "::"),
    );
    const text = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 9 }).map((all) => all.join("")),
      fc.ipV4(),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect([one, parseNetwork(one) !== null]).toEqual([one, isIP(one) !== 0]);
      }),
      {
        numRuns: 3_000,
        examples: [["1.2.3.4::"], ["::1.2.3.4"], ["1::1.2.3.4"], ["1.2.3.4::1"], ["::"], ["1:2:3:4:5:6:1.2.3.4"]],
      },
    );
  });

  test("of IPv4 within IPv6 is the IPv4 address, for all of them", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (base, other, length) => {
        const network = `${base}/${length}`;
        const allowed = matchNetworks([network], "listen.allow");
        const rule = parseNetwork(network)!;
        for (const one of [base, other]) {
          const [a = 0, b = 0, c = 0, d = 0] = one.split(".").map(Number);
          const hex = `::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
          for (const form of [`::ffff:${one}`, hex]) {
            expect(allowed(form)).toBe(allowed(one));
            expect(rule(form)).toBe(rule(one));
          }
          expect(senderAddress(`::ffff:${one}`)).toBe(one);
          expect(rule(one)).toBe(allowed(one));
          expect(isIPv4(senderAddress(`::ffff:${one}`))).toBe(true);
        }
      }),
    );
  });
});
