/** Captures: files and standard input, plain or compressed, line by line as fast as the reader takes them. */
import { statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { TelltaleError } from "../error.ts";
import type { Frame, Millis } from "../model.ts";
import { cleanLine, createUnwrapper } from "./capture.ts";
import { inflate, MAGIC_BYTES, packing } from "./inflate.ts";
import { createLineSplitter, type Line } from "./lines.ts";
import { DEFAULT_MAX_BYTES, type Source } from "./source.ts";

export interface FileOptions {
  /** A file's path, or `-` for standard input. */
  path: string;
  /** Longest line kept, in bytes. */
  maxBytes?: number | undefined;
  /** What `-` reads (the process's standard input). */
  stdin?: Readable | undefined;
}

/** Takes lines straight from the bytes that were read, where it can. */
export interface LineTaker {
  /** Bytes from which lines will be offered; nobody changes them any more. */
  beginRun(bytes: Uint8Array): void;
  /** Offers the line of that run that begins at `from`: the place of its end when it was taken, else -1. The last line that is
   * offered ends right before `limit`. */
  offer(from: number, limit: number): number;
}

/** A capture as a source. */
export interface FileSource extends Source {
  /** From now on lines are offered to `taker` first; those that it leaves are delivered. */
  offerTo(taker: LineTaker): void;
}

/** A capture as a source. `start` rejects with NO_INPUT or NO_PERMISSION; `finished` rejects with DATA_INVALID for broken compression (what came before it is delivered) and IO. */
export function fileSource(options: FileOptions): FileSource {
  const { path } = options;
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const stats = { received: 0, bytes: 0, truncated: 0 };
  let input: Readable | null = null;
  let reading: Promise<void> = Promise.resolve();
  let stopped = false;
  let taker: LineTaker | null = null;
  let gate: { opened: Promise<void>; open: () => void } | null = null;
  let settle: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  const finished = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Who only calls start and stop must not die of an unhandled rejection.
  finished.catch(() => {});

  const read = async (chunks: Readable, deliver: (frame: Frame) => void): Promise<void> => {
    const splitter = createLineSplitter({ maxBytes });
    const unwrapper = createUnwrapper({ maxBytes });
    let line = 0;
    const pass = async (lines: readonly Line[], last: boolean): Promise<void> => {
      for (const found of lines) {
        for (const whole of prepared(found)) {
          const waiting = hand(whole);
          if (waiting !== undefined) await waiting;
        }
      }
      if (last) for (const whole of unwrapper.flush()) await hand(whole);
    };
    const prepared = (found: Line): Line[] => {
      line = found.line;
      const raw = cleanLine(found.raw);
      return unwrapper.push(raw === found.raw ? found : { ...found, raw });
    };
    /** Offers lines to the taker; the place where one is that has to go the usual way while the gate is shut. */
    const offerLines = (bytes: Uint8Array, start: number, to: LineTaker): number => {
      let at = start;
      const limit = bytes.lastIndexOf(LF, bytes.length - 1 - AHEAD) + 1;
      while (at < bytes.length && gate === null && !stopped) {
        const end = at >= limit || splitter.isHolding() || unwrapper.isHolding() ? -1 : to.offer(at, limit);
        if (end !== -1) {
          line = splitter.skip();
          stats.received++;
          at = bytes[end] === CR ? end + 2 : end + 1;
          continue;
        }
        const feed = bytes.indexOf(LF, at);
        const next = feed === -1 ? bytes.length : feed + 1;
        for (const found of splitter.push(bytes.subarray(at, next))) for (const whole of prepared(found)) give(whole);
        at = next;
      }
      return at;
    };
    const hand = (found: Line): Promise<void> | undefined => {
      if (gate === null) return give(found);
      return gate.opened.then(() => hand(found));
    };
    const give = (found: Line): undefined => {
      if (stopped) return;
      stats.received++;
      if (found.flags.includes("truncated")) stats.truncated++;
      deliver({ raw: found.raw, from: path, transport: "file", at: null, flags: found.flags, line: found.line });
    };
    try {
      for await (const chunk of unpacked(chunks)) {
        if (stopped) return;
        const text = stats.bytes === 0 ? withoutMark(chunk) : chunk;
        stats.bytes += chunk.length;
        let at = 0;
        if (taker !== null) {
          taker.beginRun(text);
          while (at < text.length && !stopped) {
            if (gate !== null) await gate.opened;
            at = offerLines(text, at, taker);
          }
        } else await pass(splitter.push(text), false);
      }
      await pass(splitter.flush(), true);
    } catch (error) {
      if (stopped) return;
      await pass(splitter.flush(), true);
      throw readError(error, path, line, stats.bytes);
    } finally {
      chunks.destroy();
    }
  };

  return {
    address: path,
    finished,
    async start(deliver) {
      input =
        path === "-"
          ? (options.stdin ?? process.stdin)
          : (await openFile(path)).createReadStream({ highWaterMark: CHUNK_BYTES });
      reading = read(input, deliver);
      reading.then(settle?.resolve, settle?.reject);
    },
    offerTo(next) {
      taker = next;
    },
    pause() {
      if (gate !== null) return;
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      gate = { opened, open };
    },
    resume() {
      gate?.open();
      gate = null;
    },
    async stop() {
      stopped = true;
      gate?.open();
      gate = null;
      input?.destroy();
      await reading.catch(() => {});
      settle?.resolve();
    },
    stats: () => ({ ...stats }),
  };
}

/** When the file was last written; null for `-` and for a file that cannot be asked. */
export function fileMtime(path: string): Millis | null {
  if (path === "-") return null;
  const mtime = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return mtime === undefined ? null : Math.floor(mtime);
}

/** Bytes read at once. */
const CHUNK_BYTES = 1 << 19;
/** Whoever takes lines may look this far behind their end. */
const AHEAD = 16;
const LF = 0x0a;
const CR = 0x0d;

/** Opens a file to read; rejects with NO_INPUT or NO_PERMISSION. */
export async function openFile(path: string): Promise<FileHandle> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, "r");
    if (!(await handle.stat()).isDirectory()) return handle;
  } catch (cause) {
    throw openError(cause, path);
  }
  await handle.close();
  throw new TelltaleError("NO_INPUT", `cannot read ${path}: it is a directory`, "Name the files in it.");
}

function openError(cause: unknown, path: string): TelltaleError {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (code === "EACCES" || code === "EPERM") {
    return new TelltaleError(
      "NO_PERMISSION",
      `cannot read ${path}: permission denied`,
      "Give this user the right to read it.",
      cause,
    );
  }
  const what = code === "ENOENT" ? "there is no such file" : String((cause as Error).message);
  return new TelltaleError(
    "NO_INPUT",
    `cannot read ${path}: ${what}`,
    "Check the path; use - for standard input.",
    cause,
  );
}

/** What stopped the reading of an open file, and where: DATA_INVALID for broken compression, else IO. */
export function readError(cause: unknown, path: string, line: number, bytes: number): TelltaleError {
  if (cause instanceof TelltaleError) return cause;
  const what = cause instanceof Error ? cause.message : String(cause);
  const where = `${path}, after line ${line} (${bytes} bytes of text)`;
  if ((cause as NodeJS.ErrnoException).syscall !== undefined) {
    return new TelltaleError("IO", `cannot read on in ${where}: ${what}`, "Check the disk and the file system.", cause);
  }
  return new TelltaleError(
    "DATA_INVALID",
    `broken compressed data in ${where}: ${what}`,
    "What came before is read; take the rest from an undamaged copy.",
    cause,
  );
}

/** The text of a stream, whatever packs it. */
export async function* unpacked(chunks: Readable): AsyncGenerator<Uint8Array> {
  const source = asBytes(chunks);
  let head: Uint8Array = new Uint8Array(0);
  let ended = false;
  while (head.length < MAGIC_BYTES && !ended) {
    const next = await source.next();
    if (next.done === true) ended = true;
    else head = head.length === 0 ? next.value : new Uint8Array(Buffer.concat([head, next.value]));
  }
  yield* inflate(withHead(head, source), packing(head));
}

async function* withHead(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* asBytes(chunks: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
}

/** Editors on Windows put a UTF-8 byte order mark before the first line. */
export function withoutMark(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}
