/** The quick reader and the grammar: whatever the first accepts, the second reads the same way. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLine } from "../../src/parse/parse.ts";
import { AHEAD, trimmedEnd } from "../../src/parse/quick/bytes.ts";
import { parsedLine } from "../../src/parse/quick/parsed.ts";
import { QuickReader } from "../../src/parse/quick/read.ts";

const LINES = [
  "Feb 21 00:00:00 10.0.0.197 <189>1000: ios-gw-197: *Feb 21 00:00:00.035 UTC: %LINK-3-UPDOWN: Interface GigabitEthernet0/45, changed state to down",
  "Feb  1 00:00:00 2001:db8::7 <189>1000: xr-pe-118 RP/0/RP0/CPU0:Feb  1 00:00:00.104 UTC: SSHD_[65760]: %SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user 'netops'",
  "<189>35: edge1: 000036: *Jun 11 01:13:20.623: %SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.1)",
  "<189>35: 000036: .Jun 11 2020 01:13:20 JST: %SYS-5-CONFIG_I: Configured",
  "<189>35: 192.0.2.9: Jun 11 01:13:20.623 UTC: %PARSER-5-CFGLOG_LOGGEDCMD: User:netops  logged command:exit",
  "<186>88128: edge1.fra RP/0/RSP0/CPU0:2020 Mar  9 02:14:07.512 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 83 percent for resource PAK FSV ",
  "<186>12: 0/RP0/ADMIN0:Mar  9 02:14:07.512 UTC: envmon[1]: %PKT_INFRA-FM-3-FAULT_MAJOR : ALARM_MAJOR :FAN : DECLARE :0/FT1:",
  "<189>35: xe1: Jun 11 01:13:20.623 UTC: %IOSXE-6-PLATFORM: R0/0: kernel: a link is stable",
  "<189>35: xe1: Jun 11 01:13:20.623 UTC: %DMI-5-AUTH_PASSED: SIP0/1: dmiauthd: User 'netops' authenticated",
  "Feb 21 00:00:00 relay1 1000: r1: *Feb 21 00:00:00.035 UTC: %SYS-SP-STDBY-5-RESTART: System restarted --",
  "<166>12: fw1: Apr 29 2020 13:58:46: %ASA-3-710003: TCP access denied",
  "<189>35: r1: Jun 11 01:13:20.623 UTC: %SYS-5-CONFIG_I:Configured#012#011from console",
];

/** Pieces that change what a header means. */
const PIECES = [
  ..."<>:%*.[]- \0\"'/#@09Zé\t\r".split(""),
  ...["12: ", "r1: ", "AM", " PM", "UTC", " EST", " UTC-5", "1w2d: ", "10:00:00: ", "00:01:01.123: ", "RP/0/RP0/CPU0:"],
  ...[
    "Mar  1 ",
    "2020 ",
    " : ",
    ": %",
    "%SYS-5-A: ",
    "%$ VDC-1 %$ ",
    "[12]",
    "<13>",
    "xr2 ",
    "CLC 6/0: ",
    "*task: ",
    "#012",
  ],
  ...["--More-- ", "SIP0: ", "Switch 1 R0/0: ", "R0/0: ", "  ", "LC/0/5/CPU0:", "99", "2020-03-04T12:00:00Z ", "1 "],
];
const sampleFolder = fileURLToPath(new URL("../../samples/", import.meta.url));
const SAMPLES = readdirSync(sampleFolder)
  .filter((name) => name.endsWith(".log"))
  .flatMap((name) => readFileSync(`${sampleFolder}${name}`, "latin1").split("\n"));

/** The quick reader's view of a line, or null where it leaves it to the grammar. */
function quickly(raw: Uint8Array) {
  const reader = new QuickReader(() => null);
  const page = Buffer.concat([raw, Buffer.alloc(AHEAD)]);
  reader.open(page);
  return reader.read(0, trimmedEnd(raw, 0, raw.length), false) === -1 ? null : parsedLine(reader);
}

function agree(raw: Uint8Array): boolean {
  const quick = quickly(raw);
  if (quick === null) return false;
  for (const capture of [false, true]) expect(quick).toEqual(parseLine(raw, capture));
  return true;
}

describe("the quick reader", () => {
  it("takes the lines that routers usually send", () => {
    for (const line of LINES.slice(0, 11)) expect([line, agree(Buffer.from(line))]).toEqual([line, true]);
  });

  it("reads every line of the samples as the grammar does, or leaves it", () => {
    const taken = SAMPLES.filter((line) => agree(Buffer.from(line, "latin1")));
    expect(taken.length).toBeGreaterThan(SAMPLES.length / 4);
  });

  it("reads lines as the grammar does whatever is put into them, taken out or exchanged", () => {
    const change = fc.record({
      at: fc.nat(140),
      cut: fc.nat(3),
      put: fc.oneof(fc.constant(""), fc.constantFrom(...PIECES)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...LINES, ...SAMPLES),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (line, changes) => {
          let text = line;
          for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut);
          agree(Buffer.from(text));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("reads headers put together at random as the grammar does", () => {
    const stamp = fc.constantFrom(
      "Feb 21 00:00:00",
      "*Mar  1 23:59:59.999",
      "2020 Mar  9 02:14:07.5",
      "Dec 31 2019 10:00:00.1234",
      "Feb 30 24:00:00",
    );
    const parts = fc.array(
      fc.oneof(stamp, fc.constantFrom(...PIECES, "10.0.0.1 ", "<189>", "1000: ", "edge-1: ", "a[1]: ", " UTC: ", ": ")),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(parts, (words) => {
        agree(Buffer.from(`${words.join("")}%LINK-3-UPDOWN: Interface`));
      }),
      { numRuns: 5_000 },
    );
  });

  it("finds the end of a line in a longer run of bytes, and none without room to look ahead", () => {
    const raw = Buffer.from(`${LINES[0]}\r\n${LINES[1]}\n`);
    const reader = new QuickReader(() => null);
    reader.open(Buffer.concat([raw, Buffer.alloc(AHEAD)]));
    expect(reader.read(0, raw.length, true)).toBe(LINES[0]!.length);
    reader.open(Buffer.concat([raw, Buffer.alloc(AHEAD - 1)]));
    expect(reader.read(0, raw.length, true)).toBe(-1);
  });
});
