/** Bytes that no router sends: parsing never throws, takes linear time and invents nothing. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText } from "../../src/parse/decode.ts";
import { parseLine } from "../../src/parse/parse.ts";

const REAL = [
  '<189>35: r1: [syslog@9 s_sn="1" s_id="sw01:514"]: 000036: *Jun 11 01:13:20.623 UTC+07:30: %SYS-5-CONFIG_I: Configured',
  "<186>4856: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
  '<190>1 2020 Mar  4 12:00:00.123 EET xr1 config 65960 - [a b="c"] 5300: RP/0/RSP0/CPU0:config[65960]: %MGBL-CONFIG-6-DB_COMMIT : x',
  '<186>1 2020-03-04T12:00:00.123456+09:00 xr1 pakwatch 123 - [a@1 b="\\"c"] *Mar  1 00:00:27.307: %SYS-5-RESTART: System restarted --',
  "Aug 22 05:11:06 sw.example <189>27: 000029: *Jan  2 00:01:01.924: %SYS-5-RESTART: System restarted --",
  "2013-11-06\t16:00:00\tLocal7.Critical\t192.0.2.1\t186: *Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory",
  "<190>Original Address=192.0.2.1 1 2025-06-23T16:13:32.168Z relay1 Kiwi 3356 MSGOUT r1: *Jun 23 15:52:38.534: %SYS-5-X: y",
  "RP/0/RP0/CPU0:xr1(config-if)#RP/0/0/CPU0:Oct 12 14:35:15.779 : ifmgr[228]: %PKT_INFRA-LINK-3-UPDOWN : Interface",
  "<166>wlc1: *spamApTask1: Apr 29 13:58:46.411: %CAPWAP-4-DISC_INTF_ERR2: Ignoring",
  "<187>: 2019 Apr 18 11:00:27 UTC: %$ VDC-1 %$ %MODULE-2-MOD_FAIL: Module 3 failed",
  "<167>2022-08-21T00:07:06.7",
  "192.0.2.7|local7|info|info|be|2014-02-19|20:25:11|344306| Feb 19 15:25:11.570: %SEC-6-IPACCESSLOGP: list 101 denied",
];

describe("any bytes", () => {
  it("are parsed without an error, and the text is part of what was sent", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.boolean(), (raw, capture) => {
        const parsed = parseLine(raw, capture);
        expect(parsed.text.length).toBeLessThanOrEqual(decodeText(raw).length);
      }),
      { numRuns: 500 },
    );
  });

  it("that were a real line before bytes of it changed are parsed without an error", () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(..."<>:%*.[]- \n\0\"'/#@0Zé".split("")));
    fc.assert(
      fc.property(
        fc.constantFrom(...REAL),
        fc.array(change, { maxLength: 6 }),
        fc.boolean(),
        (line, changes, capture) => {
          let text = line;
          for (const [at, char] of changes) {
            const place = at % text.length;
            text = text.slice(0, place) + char + text.slice(place + 1);
          }
          const { tag } = parseLine(Buffer.from(text), capture);
          if (tag !== null) expect(text.includes(`-${tag.mnemonic}`)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each(REAL)("cut anywhere invent nothing: %s", (line) => {
    const bytes = Buffer.from(line);
    const whole = parseLine(bytes, true);
    for (let end = 0; end <= bytes.length; end++) {
      const cut = parseLine(bytes.subarray(0, end), true);
      const sent = bytes.toString("utf8", 0, end);
      if (cut.tag !== null) expect(cut.tag).toEqual(whole.tag);
      if (cut.counter !== null || cut.sequence !== null) {
        expect(sent).toMatch(/\d: ?/);
      }
      for (const field of [cut.node, cut.origin, cut.relay, cut.hostname, cut.prompt, cut.clock?.text, cut.text]) {
        if (field !== null && field !== undefined) expect(sent.includes(field)).toBe(true);
      }
    }
  });
});

const SIZE = 70_000;
const PUMPS = [
  "<",
  "<1",
  "9",
  "0",
  "1: ",
  "a: ",
  ": ",
  " ",
  "%",
  "%A",
  "%A-",
  "%A-1-",
  "A-",
  "-1",
  "*",
  "*a: ",
  "/",
  "RP/",
  "RP/0/0/CPU0:",
  "[",
  "[a ",
  '[a b="',
  "[syslog@9 ",
  "\n",
  "\n<1>",
  "\n1: ",
  "#012",
  "#011",
  "\0",
  "\r",
  ".",
  "|",
  "\t",
  "Mar  1 00:00:00 ",
  "Mar  1 00:00:00 h ",
  "2020-01-01T00:00:00Z ",
  "2020-01-01T00:00:00Z h ",
  "Jan",
  "x[1]: ",
  "-",
  "--More--",
  "\b",
  "a#",
  "::",
  "\uFEFF",
  "\u00e9",
  "<189>",
  "<189>1: ",
  "%$ a %$ ",
  '"',
  "\\",
  "CLC 1/1: ",
  "(",
  "Original Address=a ",
];
const HEADS = [
  "",
  "<189>",
  "<189>1: r1: ",
  "<189>1 - - - - - ",
  '<189>1 - - - - - [a b="',
  "Mar  1 00:00:00 h ",
  "RP/0/0/CPU0:Mar  1 00:00:00 : ",
];

describe("70,000 bytes of one pattern", () => {
  it.each(PUMPS)("take milliseconds: %j", (pump) => {
    for (const head of HEADS) {
      const raw = Buffer.from((head + pump.repeat(SIZE)).slice(0, SIZE));
      const start = performance.now();
      parseLine(raw, true);
      // A quadratic reader takes seconds here; the bound leaves room for a busy machine.
      expect(performance.now() - start).toBeLessThan(250);
    }
  });

  it("reads a PRI, a counter and a process id of any length as no number", () => {
    const digits = "9".repeat(SIZE);
    expect(parseLine(Buffer.from(`<${digits}>x`), false).flags).toEqual(["bad-pri"]);
    expect(parseLine(Buffer.from(`<189>${digits}: x`), false).counter).toBeNull();
    expect(parseLine(Buffer.from("<189>99999999999999999999: *Mar  1 00:00:01: x"), false).counter).toBeNull();
  });
});
