/** Terminal captures as text: what a router printed on a screen, line by line, without what the terminal added. */
import type { Readable } from "node:stream";
import type { TelltaleError } from "../error.ts";
import { cleanLine } from "./capture.ts";
import { markLength, openFile, readError, unpacked } from "./file.ts";
import { createLineSplitter, type Line } from "./lines.ts";
import { DEFAULT_MAX_BYTES } from "./source.ts";

/** One line as the router meant it. */
export interface TerminalLine {
  text: string;
  /** A pager waited here; where a prompt follows it, somebody quit and the rest was never printed. */
  afterPager: boolean;
}

/** A whole capture. */
export interface TerminalText {
  lines: TerminalLine[];
  /** Lines that were not kept because the capture is too long. */
  skipped: number;
  /** Why the capture ends before its end; what came before is here. */
  broken: TelltaleError | null;
}

/** Lines kept of one capture: a `show tech-support` has some hundred thousand. */
export const MAX_LINES = 1_000_000;
/** Bytes kept of one capture. */
const MAX_TEXT = 64 * 1024 * 1024;

/** Reads a capture, plain or compressed; `-` is standard input. Rejects with NO_INPUT or NO_PERMISSION. */
export async function readTerminal(path: string, stdin: Readable = process.stdin): Promise<TerminalText> {
  const input = path === "-" ? stdin : (await openFile(path)).createReadStream();
  const splitter = createLineSplitter({ maxBytes: DEFAULT_MAX_BYTES });
  const result: TerminalText = { lines: [], skipped: 0, broken: null };
  let bytes = 0;
  let kept = 0;
  let line = 0;
  const keep = (found: readonly Line[]): void => {
    for (const one of found) {
      line = one.line;
      kept += one.raw.length + 1;
      if (result.lines.length >= MAX_LINES || kept > MAX_TEXT) result.skipped++;
      else result.lines.push(...terminalLines(one.raw));
    }
  };
  try {
    for await (const chunk of unpacked(input)) {
      const text = bytes === 0 ? chunk.subarray(markLength(chunk)) : chunk;
      bytes += chunk.length;
      keep(splitter.push(text));
    }
    keep(splitter.flush());
  } catch (error) {
    keep(splitter.flush());
    result.broken = readError(error, path, line, bytes);
  } finally {
    input.destroy();
  }
  return result;
}

/** The lines of one line: a bare CR begins a new one, unless it only takes the pager back. */
function terminalLines(raw: Uint8Array): TerminalLine[] {
  const text = decode(raw);
  const afterPager = PAGER.test(text);
  const cleaned = decode(cleanLine(raw)).replace(ASA_PAGER, "").replace(STAMP, "");
  return cleaned.split("\r").flatMap((part, i, all) => {
    // `\r\r\n` ends one line, not two.
    if (part === "" && all.length > 1 && i > 0) return [];
    return [{ text: part, afterPager: afterPager && i === 0 }];
  });
}

function decode(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("utf8");
}

//  --More-- \b\b\b…     <--- More --->\r              \r
const PAGER = /--More--|<--- More --->/;
const ASA_PAGER = /^[ \t]*<--- More --->[\b\r]*(?: *\r)?/;
// [2020-03-04 12:00:00.123] r1#show version        (put there by the terminal program)
const STAMP = /^\[\d[\d:./ TZ+-]{4,31}\] ?/;
