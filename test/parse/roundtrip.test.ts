/** Headers printed from generated fields and read again: every field comes back. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ParsedLine, parseLine } from "../../src/parse/parse.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");
const upTo = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const time = fc.tuple(upTo(23), upTo(59), upTo(59)).map(([h, m, s]) => `${two(h)}:${two(m)}:${two(s)}`);
const date = fc
  .tuple(fc.constantFrom(...MONTHS), upTo(28, 1))
  .map(([month, day]) => `${month} ${String(day).padStart(2)}`);
const year = fc.constantFrom("", " 2020", " 1999");
const fraction = fc.constantFrom("", ".1", ".123", ".123456");
const zone = fc.constantFrom("", " UTC", " CEST", " MET-DST", " UTC+1", " UTC+07:30");
const iosClock = fc
  .tuple(fc.constantFrom("", "*", "."), date, year, time, fraction, zone)
  .map(([mark, day, y, t, f, z]) => `${mark}${day}${y} ${t}${f}${z}`);
const xrClock = fc
  .tuple(fc.constantFrom("", "2020 "), date, time, fraction, zone)
  .map(([y, d, t, f, z]) => `${y}${d} ${t}${f}${z}`);
const relayClock = fc.tuple(date, year, time).map(([d, y, t]) => `${d}${y} ${t}`);
const host = fc.constantFrom("r1", "edge-01.example", "1router", "CORE_SW", "192.0.2.7");
const originId = fc.oneof(host, fc.constantFrom("2001:db8::", "2001:db8::7"));
const word = fc.stringMatching(/^[A-Z][A-Z0-9_]{1,20}$/);
const tag = fc.record({
  facility: fc.tuple(word, fc.option(word, { nil: null })).map(([a, b]) => (b === null ? a : `${a}-${b}`)),
  severity: upTo(7),
  mnemonic: word,
});
const text = fc.stringMatching(/^[a-z][ -~]{0,60}[a-z]$/).filter((line) => !line.includes("#01"));
const pri = upTo(191);
const counter = upTo(Number.MAX_SAFE_INTEGER);

interface Printed {
  facility: string;
  severity: number;
  mnemonic: string;
}
const percent = (t: Printed): string => `%${t.facility}-${t.severity}-${t.mnemonic}`;
const split = (value: number): ParsedLine["pri"] => ({ facility: value >> 3, severity: value & 7 });
const read = (line: string): ParsedLine => parseLine(Buffer.from(line), false);

const ios = fc.record({
  pri,
  counter,
  origin: orNull(originId),
  sequence: orNull(upTo(99_999_999)),
  clock: iosClock,
  tag,
  text,
});
type Ios = typeof ios extends fc.Arbitrary<infer T> ? T : never;
const printIos = (m: Ios): string =>
  `${m.counter}: ${m.origin === null ? "" : `${m.origin}: `}${m.sequence === null ? "" : `${String(m.sequence).padStart(6, "0")}: `}` +
  `${m.clock}: ${percent(m.tag)}: ${m.text}`;
const iosFields = (m: Ios) => ({
  counter: m.counter,
  sequence: m.sequence,
  origin: m.origin,
  clock: expect.objectContaining({ text: m.clock }),
  tag: m.tag,
  text: m.text,
});

const node = fc.constantFrom(
  "RP/0/RP0/CPU0",
  "RP/0/RSP1/CPU0",
  "LC/0/2/CPU0",
  "RP/0/0/CPU0",
  "0/RP0/ADMIN0",
  "SP/0/1/SP",
);
const process = fc.record({
  name: fc.constantFrom("bgp", "SSHD_", "cfgmgr-rp", "wd_diskmon", "g++.x"),
  id: upTo(99_999),
});
const xr = fc.record({
  pri,
  counter: orNull(counter),
  origin: orNull(host.filter((h) => !h.includes("192"))),
  node,
  clock: xrClock,
  process,
  tag,
  text,
});

describe("a printed header is read back", () => {
  it("for IOS with PRI, counter, origin-id, sequence and clock", () => {
    fc.assert(
      fc.property(ios, (m) => {
        expect(read(`<${m.pri}>${printIos(m)}`)).toMatchObject({
          ...iosFields(m),
          envelope: "rfc3164",
          pri: split(m.pri),
          relay: null,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it("for IOS XR with a host name prefix, node, clock and process", () => {
    fc.assert(
      fc.property(xr, fc.constantFrom(" : ", ": "), (m, end) => {
        const head = `${m.counter === null ? "" : `${m.counter}: `}${m.origin === null ? "" : `${m.origin} `}`;
        const line = `<${m.pri}>${head}${m.node}:${m.clock}${end}${m.process.name}[${m.process.id}]: ${percent(m.tag)} : ${m.text}`;
        expect(read(line)).toMatchObject({
          dialect: /^(?:ASA|FTD|FWSM|PIX)(?:-|$)/.test(m.tag.facility) ? "asa" : "ios-xr",
          pri: split(m.pri),
          counter: m.counter,
          origin: m.origin,
          node: m.node,
          clock: expect.objectContaining({ text: m.clock }),
          process: m.process,
          tag: m.tag,
          text: m.text,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it("for IOS behind the stamp and host of one or two relays, with PRI before, between or nowhere", () => {
    const relay = fc.tuple(relayClock, host).map(([stamp, name]) => ({ stamp, name, line: `${stamp} ${name} ` }));
    fc.assert(
      fc.property(
        ios,
        fc.array(relay, { minLength: 1, maxLength: 2 }),
        fc.constantFrom("before", "between", ""),
        (m, relays, place) => {
          const outer = relays.map((r) => r.line).join("");
          const line = `${place === "before" ? `<${m.pri}>` : ""}${outer}${place === "between" ? `<${m.pri}>` : ""}${printIos(m)}`;
          expect(read(line)).toMatchObject({
            ...iosFields(m),
            envelope: "rfc3164",
            pri: place === "" ? null : split(m.pri),
            relay: relays.at(-1)!.name,
            relayTime: expect.objectContaining({ text: relays[0]!.stamp }),
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("for RFC 5424 with structured data, and a body that begins with a tag or a clock", () => {
    const value = fc.string({ unit: "grapheme-ascii", maxLength: 20 });
    const data = orNull(fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9@]{0,30}$/), { minLength: 1, maxLength: 4 }));
    const message = fc.record({
      pri,
      version: upTo(999, 1),
      host,
      app: orNull(fc.constantFrom("bgpd", "su")),
      id: upTo(99_999),
      data,
      tag,
      text,
    });
    const stamp = fc.constantFrom(
      "2020-03-04T12:00:00Z",
      "2020-02-29T23:59:59.123456-23:59",
      "2020-03-04T12:00:00.1+09:00",
    );
    fc.assert(
      fc.property(message, value, stamp, orNull(iosClock), fc.constantFrom("", "\uFEFF"), (m, v, at, clock, bom) => {
        const escaped = v.replace(/["\\\]]/g, (c) => `\\${c}`);
        const sd = m.data === null ? "-" : m.data.map((id) => `[${id} k="${escaped}"]`).join("");
        const body = `${bom}${clock === null ? "" : `${clock}: `}${percent(m.tag)}: ${m.text}`;
        const parsed = read(`<${m.pri}>${m.version} ${at} ${m.host} ${m.app ?? "-"} ${m.id} - ${sd} ${body}`);
        expect(parsed).toMatchObject({
          envelope: "rfc5424",
          pri: split(m.pri),
          hostname: m.host,
          process: m.app === null ? null : { name: m.app, id: m.id },
          clock: expect.objectContaining({ text: clock ?? at }),
          relayTime: clock === null ? null : expect.objectContaining({ text: at }),
          tag: m.tag,
          text: m.text,
        });
      }),
      { numRuns: 1000 },
    );
  });
});
