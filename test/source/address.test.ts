/** Listen addresses and senders' addresses. */
import { describe, expect, test } from "vitest";
import { bindError, listenUrl, senderAddress } from "../../src/source/address.ts";
import { listenHosts, parseListenAddress } from "../../src/source/source.ts";

describe("a listen address", () => {
  test.each([
    ["5514", "", 5514],
    [":5514", "", 5514],
    ["*:5514", "", 5514],
    ["0", "", 0],
    ["127.0.0.1:5514", "127.0.0.1", 5514],
    ["192.0.2.1", "192.0.2.1", 514],
    ["[::1]:5514", "::1", 5514],
    ["[2001:db8::1]", "2001:db8::1", 514],
    ["::1", "::1", 514],
    ["::", "::", 514],
    ["localhost:65535", "localhost", 65535],
  ])("%s is read", (text, host, port) => {
    expect(parseListenAddress(text, 514)).toEqual({ host, port });
  });

  test.each([
    "",
    ":",
    "65536",
    "99999",
    "123456",
    "127.0.0.1:",
    "127.0.0.1:x",
    "1.2.3:5",
    "[127.0.0.1]:5",
    "[::1",
    "::1]:5",
    "[]:5",
    "a b:5",
    "-1",
    "udp://[::1]:5",
    "host:1:2",
  ])("%j is refused as a usage error", (text) => {
    expect(() => parseListenAddress(text, 514)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test("without a host it stands for both families", () => {
    expect(listenHosts("")).toEqual(["0.0.0.0", "::"]);
    expect(listenHosts("192.0.2.1")).toEqual(["192.0.2.1"]);
  });
});

test.each([
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:192.0.2.7", "192.0.2.7"],
  ["fe80::1%eth0", "fe80::1"],
  ["2001:db8::7", "2001:db8::7"],
])("the sender %s is shown as %s", (text, shown) => {
  expect(senderAddress(text)).toBe(shown);
});

test("an IPv6 address stands in brackets before its port", () => {
  expect(listenUrl("udp", "::1", 5514)).toBe("udp://[::1]:5514");
});

test.each([
  ["EADDRINUSE", "ADDRESS_IN_USE", 69],
  ["EACCES", "NO_PERMISSION", 77],
  ["EADDRNOTAVAIL", "ADDRESS_UNAVAILABLE", 69],
  ["EWHATEVER", "ADDRESS_UNAVAILABLE", 69],
])("a bind that fails with %s ends with %s", (system, code, exitCode) => {
  const error = bindError(Object.assign(new Error("bind"), { code: system }), "udp://0.0.0.0:514");
  expect(error).toMatchObject({ code, exitCode });
  expect(error.message).toContain("udp://0.0.0.0:514");
  expect(error.hint).not.toBe("");
});
