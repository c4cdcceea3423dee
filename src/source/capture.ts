/** What a terminal does to log lines on their way into a capture, and how to undo it: pagers, backspaces, colours, wrapping. */
import type { Line } from "./lines.ts";

/**
 * A line as the router meant it: without ` --More-- ` and what rubbed it out, colours, and typed characters taken back.
 * A line that begins with `<PRI>` is no terminal's and stays as it is; in a line that begins a message,
 * backspaces stay as well, so that no text in a message can rub out its own header.
 * ` --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b*Mar  1 00:00:09.123: %SYS-5-CONFIG_I: Configured from console by console`
 */
export function cleanLine(raw: Uint8Array): Uint8Array {
  if (raw[0] === LESS_THAN || !needsCleaning(raw)) return raw;
  let text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1");
  text = withoutPagers(text).replaceAll(CSI, "").replaceAll("\f", "");
  if (text.includes("\b") && (PROMPT.test(text) || !beginsMessage(text))) text = withoutBackspaces(text);
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** Joins the lines that an 80-column terminal wrapped; holds back at most one line. */
export interface Unwrapper {
  push(line: Line): Line[];
  isHolding(): boolean;
  flush(): Line[];
}

/**
 * An unwrapper for one capture: a line that begins a message and is as wide as the terminal goes on in the next one,
 * unless that begins something of its own. Lines with `<PRI>` are never joined, for no terminal printed them.
 */
export function createUnwrapper(options: { maxBytes: number }): Unwrapper {
  let held: Line | null = null;
  let missing: "" | " " = "";

  const release = (): Line[] => {
    const line = held;
    held = null;
    return line === null ? [] : [line];
  };

  return {
    isHolding: () => held !== null,
    push(line) {
      const gap = line.flags.length > 0 ? null : wrapGap(line.raw);
      if (gap === null && held === null) return [line];
      const text = Buffer.from(line.raw.buffer, line.raw.byteOffset, line.raw.byteLength).toString("latin1", 0, HEAD);
      if (held !== null) {
        const length = held.raw.length + missing.length + line.raw.length;
        // A header of just this width leaves its tag to the next line.
        const tagOfHeld = text.startsWith("%") && !held.raw.includes(PERCENT);
        const continues = tagOfHeld || !beginsAnything(text);
        if (line.flags.length === 0 && length <= options.maxBytes && continues) {
          const joined: Line = { raw: join(held.raw, missing, line.raw), line: held.line, flags: ["unwrapped"] };
          held = joined;
          if (gap === null) return release();
          missing = gap;
          return [];
        }
      }
      const before = release();
      if (gap === null || text.startsWith("<") || !beginsMessage(text)) return [...before, line];
      held = line;
      missing = gap;
      return before;
    },
    flush: release,
  };
}

/** Whether an ASCII line of this many bytes may be one that a terminal wrapped. */
export function mayBeWrapped(length: number): boolean {
  return length === COLUMNS || length === COLUMNS - 1;
}

function needsCleaning(raw: Uint8Array): boolean {
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i]!;
    if (byte === BACKSPACE || byte === FORM_FEED || byte === ESCAPE) return true;
    if (byte === HYPHEN && raw[i + 1] === HYPHEN && raw[i + 2] === UPPER_M) return true;
  }
  return false;
}

/** Pagers at the start of the line only: text in a message may say `--More--`, too. */
function withoutPagers(text: string): string {
  let rest = text;
  for (;;) {
    const pager = /^(?:\x1b\[[0-9;?]*[A-Za-z])* ?(?:\x1b\[[0-9;?]*[A-Za-z])*--More-- ?(?:\x1b\[[0-9;?]*[A-Za-z])*/.exec(
      rest,
    );
    if (pager === null) return rest;
    // What rubs it out: `\b…`, blanks, `\b…`, or `\r`, blanks, `\r`, or `\r ESC[K`; blanks alone belong to the line.
    const eraser = /^(?:\x08+ *[\x08\r]+|\r *\r|\r?\x1b\[0?K|[\x08\r]+)?/.exec(rest.slice(pager[0].length));
    rest = rest.slice(pager[0].length + (eraser?.[0].length ?? 0));
  }
}

function withoutBackspaces(text: string): string {
  const kept: string[] = [];
  for (const char of text) {
    if (char === "\b") kept.pop();
    else kept.push(char);
  }
  return kept.join("");
}

/** What the terminal's wrapping left out between a line of this width and the next; null for a line it did not wrap. */
function wrapGap(raw: Uint8Array): "" | " " | null {
  if (raw.length < COLUMNS - 1 || raw.length > 4 * COLUMNS) return null;
  let width = 0;
  // Bytes 10xxxxxx continue a UTF-8 character.
  for (const byte of raw) if ((byte & 0xc0) !== 0x80) width++;
  if (width === COLUMNS) return "";
  // A terminal's copy loses a blank in the last column.
  return width === COLUMNS - 1 ? " " : null;
}

function join(first: Uint8Array, gap: string, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + gap.length + second.length);
  joined.set(first);
  if (gap !== "") joined[first.length] = 0x20;
  joined.set(second, first.length + gap.length);
  return joined;
}

function beginsMessage(text: string): boolean {
  return MESSAGE.test(text);
}

function beginsAnything(text: string): boolean {
  return text.trim() === "" || MESSAGE.test(text) || OTHER_START.test(text);
}

const BACKSPACE = 0x08;
const FORM_FEED = 0x0c;
const ESCAPE = 0x1b;
const HYPHEN = 0x2d;
const PERCENT = 0x25;
const LESS_THAN = 0x3c;
const UPPER_M = 0x4d;
const COLUMNS = 80;
/** Characters of a line that its beginning is told by. */
const HEAD = 120;
/** `ESC [ 0 1 ; 3 2 m` (ECMA-48 control sequence). */
const CSI = /\x1b\[[0-?]*[ -/]*[@-~]/g;
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
/** The head of a message without PRI, by its first column. */
const MESSAGE = new RegExp(
  `^(?:${[
    // `Feb  8 04:00:48 192.0.2.2 …`, `*Mar  1 00:00:09.123: …`, `.Mar  1 …`
    `[*.]?${MONTH} {1,2}\\d{1,2} `,
    // `2024-10-11T10:15:31.208321-05:00 edge-1 …`
    "\\d{4}-\\d{2}-\\d{2}[T ]",
    // `2025 Jun 25 11:27:28 GMT: …`
    `[*.]?\\d{4} ${MONTH} `,
    // `00:01:01: …`, `2y10w: …`, `1w2d: …`
    "\\d{1,3}:\\d{2}:\\d{2}: ",
    "(?:\\d{1,3}[ywdh]){2}: ",
    // `4857: …`
    "\\d{1,10}: ",
    // `RP/0/RSP0/CPU0:…`, `LC/0/5/CPU0:…`, `0/RP0/ADMIN0:…`
    "(?:RP|LC|DRP|SP|SC)/\\d+/",
    "\\d+/(?:RP|LC|RSP)?\\d+/[A-Z]+\\d+:",
    // `%SYS-5-CONFIG_I: …`
    "%[A-Z][A-Z0-9_-]*-[0-7]-",
  ].join("|")})`,
);
/** A node's prompt, which begins as its messages do; a tag tells a message glued to it: `RP/0/RP0/CPU0:xr1#show version` */
const PROMPT = /^(?:RP|LC|DRP|SP|SC)\/\d+\/\w+\/\w+:[\w.-]+(?:\([\w./:-]+\))?[#>](?!.*%[A-Z])/;
/** The head of a line that is no message and yet continues none by wrapping. */
const OTHER_START = new RegExp(
  `^(?:${[
    // `<189>35: …`
    "<\\d{1,3}>",
    // `edge-1#show logging`, `RP/0/RSP0/CPU0:core-1(config)#`
    "[A-Za-z0-9][A-Za-z0-9_.:/()@-]{0,80}[#>]",
    // `Pool: Processor  Free: 65532  Cause: Memory fragmentation`, ` -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 207`
    " {0,8}(?:Alternate )?Pool:",
    " {0,8}-(?:Process|Traceback)",
    // `Cisco IOS Software, …`, `Technical Support: …`, `Copyright (c) …`, `Compiled Fri 01-Jan-21 …`
    "Cisco IOS",
    "Technical Support",
    "Copyright",
    "Compiled",
  ].join("|")})`,
);
