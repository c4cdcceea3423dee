/** Undoing what a terminal did to a capture. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanLine, createUnwrapper } from "../../src/source/capture.ts";
import type { Line } from "../../src/source/lines.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf8"));
const clean = (text: string): string => Buffer.from(cleanLine(bytes(text))).toString("utf8");

function unwrap(texts: readonly string[], maxBytes = 8192): string[] {
  const unwrapper = createUnwrapper({ maxBytes });
  const lines = texts.map((text, i): Line => ({ raw: bytes(text), line: i + 1, flags: [] }));
  return [...lines.flatMap((line) => unwrapper.push(line)), ...unwrapper.flush()].map(({ raw, line, flags }) =>
    [String(line), Buffer.from(raw).toString("utf8"), ...flags].join("|"),
  );
}

const HEAD = "*Mar  1 00:00:09.123: %SYS-5-CONFIG_I: ";
const wide = (head: string, width = 80): string => head.padEnd(width, "x");

describe("a line of a terminal", () => {
  const message = `${HEAD}Configured from console by console`;
  const nine = "\b".repeat(9);
  test.each([
    ["pager, backspaces, blanks, backspaces", ` --More-- ${nine}        ${nine}${message}`, message],
    ["pager, carriage returns", ` --More-- \r          \r${message}`, message],
    ["pager, erase to the end of the line", ` --More-- \r\x1b[K${message}`, message],
    ["pager in reverse video", `\x1b[7m --More-- \x1b[27m\r\x1b[K${message}`, message],
    ["pager whose eraser the copy lost", ` --More-- ${message}`, message],
    [
      "pagers one after the other",
      ` --More-- ${nine}        ${nine} --More-- ${nine}        ${nine}${message}`,
      message,
    ],
    [
      "a line's own blank after a pager",
      ` --More-- ${nine}        ${nine} -Process= "CCSIP_SPI_CONTROL"`,
      ' -Process= "CCSIP_SPI_CONTROL"',
    ],
    ["a pager and nothing else", ` --More-- ${nine}        ${nine}`, ""],
    ["typed characters taken back", "edge-1#show logx\bging\b\b\bing", "edge-1#show logging"],
    ["the same at a node's prompt", "RP/0/RP0/CPU0:xr1#shwo\b \b\b \bow version", "RP/0/RP0/CPU0:xr1#show version"],
    ["colours", `\x1b[01;32m${message}\x1b[0m`, message],
    ["a form feed", `\f${message}`, message],
    ["nothing to do", message, message],
  ])("is cleaned of %s", (_, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test.each([
    ["a line with PRI", "<189>1: a\b\b\b\x1b[0m --More-- b"],
    [
      "backspaces in a message that is glued to a prompt",
      `RP/0/RP0/CPU0:xr1#${HEAD}user ${"\b".repeat(60)}nothing here`,
    ],
    ["backspaces in a message's text, which would hide its head", `${HEAD}user ${"\b".repeat(60)}nothing here`],
    ["a pager in the middle of a message", `${HEAD}said --More-- and went`],
    ["bytes that are no UTF-8", "\u00e9\u3042"],
  ])("keeps %s", (_, text) => {
    expect(clean(text)).toBe(text);
  });

  test("keeps bytes above 127 as they are while it cleans", () => {
    expect([...cleanLine(Uint8Array.of(0xe9, 0x41, 0x08, 0xff, 0x80))]).toEqual([0xe9, 0xff, 0x80]);
  });

  test("never grows and never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        expect(cleanLine(raw).length).toBeLessThanOrEqual(raw.length);
      }),
    );
  });

  test("is cleaned in linear time", () => {
    for (const hostile of [
      " --More-- ".repeat(800),
      "\b".repeat(8192),
      `--More--${"\b ".repeat(4000)}`,
      `\r${" ".repeat(8000)}`,
      "\x1b[".repeat(4000),
      `%${"A-".repeat(4000)}\b`,
    ]) {
      const began = performance.now();
      clean(hostile);
      expect(performance.now() - began).toBeLessThan(100);
    }
  });
});

describe("lines that a terminal wrapped", () => {
  test("are joined, with the number of the first", () => {
    const first = "RP/0/RSP0/CPU0:Feb 21 2020 10:00:00 UTC: sysmgr[1]: %OS-SYSMGR-7-X : at 0/5/CPU";
    expect(first.length).toBe(79);
    const line = first.replace("UTC:", "UTC :");
    expect(unwrap([line, "0", `${HEAD}b`])).toEqual([`1|${line}0|unwrapped`, `3|${HEAD}b`]);
  });

  test("are joined again and again", () => {
    expect(unwrap([wide(HEAD), "y".repeat(80), "z".repeat(80), "end", "other"])).toEqual([
      `1|${wide(HEAD)}${"y".repeat(80)}${"z".repeat(80)}end|unwrapped`,
      "5|other",
    ]);
  });

  test("get back the blank that a copy lost in the last column", () => {
    expect(unwrap([wide(HEAD, 79), "restart of process nfsvr"])).toEqual([
      `1|${wide(HEAD, 79)} restart of process nfsvr|unwrapped`,
    ]);
  });

  test("are measured in characters, not in bytes", () => {
    const text = `${wide(HEAD, 79)}\u3042`;
    expect(unwrap([text, "end"])).toEqual([`1|${text}end|unwrapped`]);
  });

  test.each([77, 78, 81, 160])("are no %i characters wide", (width) => {
    expect(unwrap([wide(HEAD, width), "end"])).toEqual([`1|${wide(HEAD, width)}`, "2|end"]);
  });

  test.each([
    "<189>35: a",
    "Feb  8 04:00:48 192.0.2.2 a",
    "2024-10-11T10:15:31.208321-05:00 edge-1 a",
    "2025 Jun 25 11:27:28 GMT: a",
    "*Mar  1 00:00:10.123: a",
    ".Mar  1 00:00:10.123: a",
    "00:01:01: %SYS-5-RESTART: a",
    "2y10w: %SYS-5-RESTART: a",
    "4857: a",
    "RP/0/RSP0/CPU0:Feb 21 a",
    "LC/0/5/CPU0:Feb 21 a",
    "0/RP0/ADMIN0:Feb 21 a",
    "%SYS-5-RESTART: a",
    "edge-1#show logging",
    "edge-1>",
    "RP/0/RSP0/CPU0:core-1(config)#end",
    "Pool: Processor  Free: 65532  Cause: Memory fragmentation ",
    "Alternate Pool: None  Free: 0  Cause: No Alternate pool ",
    ' -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 207',
    "-Traceback= 61503D6Cz",
    "Cisco IOS Software, C2900 Software",
    "Technical Support: here",
    "Copyright (c)",
    "Compiled Fri 01-Jan-21",
    "",
    "   ",
  ])("do not go on in %j", (next) => {
    expect(unwrap([wide(HEAD), next])).toEqual([`1|${wide(HEAD)}`, `2|${next}`]);
  });

  test.each([
    ["with PRI", wide("<189>35: *Mar  1 00:00:09.123: %SYS-5-CONFIG_I: ")],
    ["that begins no message", "x".repeat(80)],
    ["of a table", wide("PID Runtime(ms)   Invoked ")],
  ])("do not begin in a line %s", (_, first) => {
    expect(unwrap([first, "end"])).toEqual([`1|${first}`, "2|end"]);
  });

  test("do not grow beyond the limit", () => {
    const out = unwrap([wide(HEAD), ...new Array<string>(500).fill("y".repeat(80))]);
    expect(out[0]!.length).toBe("1|".length + 8160 + "|unwrapped".length);
    expect(out.length).toBe(1 + 500 - 101);
  });

  test("lose no byte, whatever the lines", () => {
    const line = fc.oneof(
      fc.constantFrom(wide(HEAD), wide(HEAD, 79), "y".repeat(80), "end", "", "4857: a"),
      fc.string({ maxLength: 90 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (texts) => {
        const squeeze = (text: string): string => text.replaceAll(" ", "");
        const out = unwrap(texts).map((shown) => shown.replace(/^\d+\|/, "").replace(/\|unwrapped$/, ""));
        expect(squeeze(out.join(""))).toBe(squeeze(texts.join("")));
      }),
    );
  });
});
