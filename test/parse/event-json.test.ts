/** The Event as printed: the contract's order, and raw bytes that survive. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/model.ts";
import { decodeText, isUtf8, trimLine } from "../../src/parse/decode.ts";
import { eventJson } from "../../src/parse/event-json.ts";

function eventOf(raw: Uint8Array): Event {
  return {
    at: Date.parse("2020-03-04T12:00:00.123Z"),
    atSource: "device",
    from: "192.0.2.7",
    sourceAuth: "none",
    transport: "udp",
    raw,
    dialect: "ios",
    envelope: "bare",
    pri: null,
    device: "r1",
    named: true,
    relay: null,
    counter: 1,
    sequence: null,
    clock: { text: "*Mar  1 00:00:01", mark: "*", iso: null, uptime: false },
    node: null,
    process: null,
    tag: { facility: "SYS", severity: 5, mnemonic: "CONFIG_I" },
    text: "Configured",
    flags: ["clock-unset"],
  };
}

const FIELDS =
  "at from raw atSource dialect envelope pri device counter sequence clock node process tag text flags sourceAuth".split(
    " ",
  );

describe("an event in JSON", () => {
  it("has the contract's fields in the contract's order", () => {
    const json = eventJson(eventOf(Buffer.from("line ⌘")));
    expect(Object.keys(json)).toEqual(FIELDS);
    expect(json).toMatchObject({ at: "2020-03-04T12:00:00.123Z", raw: "line ⌘", counter: 1, pri: null });
  });

  it("carries the bytes in base64 only when they are not UTF-8", () => {
    const raw = Buffer.from([0x41, 0xe9, 0x42]);
    const json = eventJson(eventOf(raw));
    expect(json).toMatchObject({ raw: "A\uFFFDB", rawB64: raw.toString("base64") });
    expect(Object.keys(json).indexOf("rawB64")).toBe(3);
  });

  it("gives back every byte, from raw or from rawB64", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: "binary" }).map((s) => Buffer.from(s)),
        ),
        (raw) => {
          const json = eventJson(eventOf(raw)) as { raw: string; rawB64?: string };
          const back = json.rawB64 === undefined ? Buffer.from(json.raw) : Buffer.from(json.rawB64, "base64");
          expect(back.equals(raw)).toBe(true);
        },
      ),
    );
  });
});

describe("decoding", () => {
  it("keeps valid UTF-8 and marks what is not", () => {
    expect(decodeText(Buffer.from("\uFEFFé"))).toBe("\uFEFFé");
    expect(decodeText(new Uint8Array([0x61, 0x80]))).toBe("a\uFFFD");
    expect(isUtf8(new Uint8Array([0xc0, 0xaf]))).toBe(false);
  });

  it("decodes a view into a larger buffer", () => {
    expect(decodeText(new Uint8Array(Buffer.from("xabcx")).subarray(1, 4))).toBe("abc");
  });

  it("trims a leading BOM and trailing NUL, CR, LF and spaces, but no leading space", () => {
    expect(trimLine("\uFEFF  a b \0\r\n")).toBe("  a b");
    expect(trimLine(" \0\n")).toBe("");
  });
});
