/** Captures: files and standard input, plain or compressed, line by line as fast as the reader takes them. */
import { statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { TelltaleError } from "../error.ts";
import type { Frame, Millis } from "../model.ts";
import { CaptureLines, type LineTaker } from "./capture-lines.ts";
import { inflate, MAGIC_BYTES, packing } from "./inflate.ts";
import { lineRuns, type Run } from "./runs.ts";
import { DEFAULT_MAX_BYTES, type Source } from "./source.ts";

export interface FileOptions {
  /** A file's path, or `-` for standard input. */
  path: string;
  /** Longest line kept, in bytes. */
  maxBytes?: number | undefined;
  /** What `-` reads (the process's standard input). */
  stdin?: Readable | undefined;
}

/** A capture as a source. */
export interface FileSource extends Source {
  /** Looks at up to `count` first lines; they are still read afterwards. Rejects as `start` does. */
  peek(count: number): Promise<Frame[]>;
  /** Lines are offered to `taker` first; those that it leaves are delivered. */
  offerTo(taker: LineTaker): void;
}

/** A capture as a source. `start` rejects with NO_INPUT or NO_PERMISSION; `finished` rejects with DATA_INVALID for broken compression (what came before it is delivered) and IO. */
export function fileSource(options: FileOptions): FileSource {
  const { path } = options;
  const lines = new CaptureLines(path, options.maxBytes ?? DEFAULT_MAX_BYTES);
  let input: Readable | null = null;
  let bytes = 0;
  let runs: AsyncGenerator<Run> | null = null;
  const peeked: Run[] = [];
  let failure: unknown = null;
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

  const opened = async (): Promise<AsyncGenerator<Run>> => {
    if (runs !== null) return runs;
    input =
      path === "-"
        ? (options.stdin ?? process.stdin)
        : (await openFile(path)).createReadStream({ highWaterMark: CHUNK_BYTES });
    runs = lineRuns(unpacked(input));
    return runs;
  };
  const goesOn = (): boolean => gate === null && !stopped;
  const readRun = async (run: Run, deliver: (frame: Frame) => void): Promise<void> => {
    let at = bytes === 0 ? markLength(run.bytes) : 0;
    bytes += run.end;
    taker?.beginRun(run.bytes);
    while (at < run.end && !stopped) {
      if (gate !== null) await gate.opened;
      at = lines.read(run, at, taker, goesOn, deliver);
    }
  };
  const read = async (from: AsyncGenerator<Run>, deliver: (frame: Frame) => void): Promise<void> => {
    try {
      for (const run of peeked.splice(0)) await readRun(run, deliver);
      if (failure !== null) throw failure;
      for await (const run of from) {
        if (stopped) return;
        await readRun(run, deliver);
      }
      if (gate !== null) await gate.opened;
      if (!stopped) lines.end(deliver);
    } catch (error) {
      if (stopped) return;
      lines.end(deliver);
      throw readError(error, path, lines.line, bytes);
    } finally {
      input?.destroy();
    }
  };

  return {
    address: path,
    finished,
    async peek(count) {
      const from = await opened();
      const frames: Frame[] = [];
      const looking = new CaptureLines(path, options.maxBytes ?? DEFAULT_MAX_BYTES);
      try {
        while (frames.length < count) {
          const { done, value: run } = await from.next();
          if (done === true) {
            looking.end((frame) => frames.push(frame));
            break;
          }
          const at = peeked.length === 0 ? markLength(run.bytes) : 0;
          peeked.push(run);
          looking.read(
            run,
            at,
            null,
            () => frames.length < count,
            (frame) => frames.push(frame),
          );
        }
      } catch (error) {
        failure = error;
      }
      return frames;
    },
    async start(deliver) {
      reading = read(await opened(), deliver);
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
    stats: () => ({ received: lines.received, bytes, truncated: lines.truncated }),
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
export function markLength(chunk: Uint8Array): number {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
}
