/** Captures that are not plain bytes: gzip, zstd and UTF-16 told by their first bytes, unpacked in small steps so that
 * memory stays bounded. */
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";

/** How a file is packed. */
export type Packing = "plain" | "gzip" | "zstd" | "utf-16le" | "utf-16be";

/** How many first bytes `packing` looks at. */
export const MAGIC_BYTES = 6;

/** The packing by content: gzip (RFC 1952) `1F 8B`, zstd (RFC 8878) `28 B5 2F FD`, and the byte order mark with which
 * Windows PowerShell begins what it redirects to a file. */
export function packing(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? "zstd" : "plain";
}

/** The bytes that were packed; throws where the data is broken or ends early, after what was good. */
export async function* inflate(chunks: AsyncIterable<Uint8Array>, kind: Packing): AsyncGenerator<Uint8Array> {
  if (kind === "plain") yield* chunks;
  else if (kind === "utf-16le" || kind === "utf-16be") yield* throughDecoder(chunks, kind);
  else if (kind === "gzip") yield* throughStream(chunks, zlib.createGunzip({ chunkSize: PIECE }));
  else {
    // Node 20 has no zstd; the JavaScript one does the same at a third of the speed.
    const native = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
    if (native === undefined) yield* throughFzstd(chunks);
    else yield* throughStream(chunks, native());
  }
}

/** UTF-8 of UTF-16; the mark goes, and halves of characters that stand alone become U+FFFD. */
async function* throughDecoder(chunks: AsyncIterable<Uint8Array>, kind: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(kind);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Feeds a zlib stream step by step, so that everything before a fault comes out before the error. */
async function* throughStream(chunks: AsyncIterable<Uint8Array>, stream: Transform): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  let failure: unknown = null;
  let wake: () => void = () => {};
  stream.on("data", (piece: Uint8Array) => out.push(piece));
  stream.on("error", (error) => {
    // zstd's own limit is the same.
    failure = (error as NodeJS.ErrnoException).code === WINDOW_ERROR ? new Error(WINDOW_TOO_LARGE) : error;
    wake();
  });
  stream.on("end", () => wake());
  const step = (act: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      act(resolve);
    });
  const drain = (): Uint8Array[] => {
    const pieces = out;
    out = [];
    return pieces;
  };
  try {
    for await (const slice of slices(chunks, GZIP_STEP)) {
      await step((done) => stream.write(slice, () => done()));
      yield* drain();
      if (failure !== null) throw failure;
    }
    await step(() => stream.end());
    yield* drain();
    if (failure !== null) throw failure;
  } finally {
    stream.destroy();
  }
}

async function* throughFzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const decoder = new Decompress((piece) => out.push(piece));
  let head: Uint8Array | null = new Uint8Array(0);
  const push = function* (bytes: Uint8Array, final: boolean): Generator<Uint8Array> {
    let failure: unknown = null;
    try {
      decoder.push(bytes, final);
    } catch (error) {
      failure = error;
    }
    const pieces = out;
    out = [];
    yield* pieces;
    if (failure !== null) throw failure;
  };
  for await (const slice of slices(chunks, ZSTD_STEP)) {
    if (head !== null) {
      head = new Uint8Array(Buffer.concat([head, slice]));
      if (head.length < ZSTD_HEADER) continue;
      refuseWideWindow(head);
      yield* push(head, false);
      head = null;
    } else yield* push(slice, false);
  }
  if (head !== null) yield* push(head, false);
  yield* push(new Uint8Array(0), true);
}

/** The decoder allocates the window that the header names; 128 MiB is also where the zstd tool asks for consent. */
function refuseWideWindow(head: Uint8Array): void {
  const descriptor = head[4]!;
  if ((descriptor & 0x20) !== 0) {
    if (singleSegmentSize(head, descriptor) > WINDOW_LIMIT) throw new Error(WINDOW_TOO_LARGE);
    return;
  }
  const base = 2 ** (10 + (head[5]! >> 3));
  if (base + (base / 8) * (head[5]! & 7) > WINDOW_LIMIT) throw new Error(WINDOW_TOO_LARGE);
}

/** Frame_Content_Size of a single segment, whose window is the whole content (RFC 8878 section 3.1.1.1). */
function singleSegmentSize(head: Uint8Array, descriptor: number): number {
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [1, 2, 4, 8][descriptor >> 6]!;
  let size = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) size = size * 256 + head[5 + dictionaryBytes + i]!;
  return size;
}

async function* slices(chunks: AsyncIterable<Uint8Array>, step: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += step) yield chunk.subarray(at, at + step);
  }
}

/** Packed bytes per step: gzip grows at most 1,032 times, so 32 MiB come out at once; logs grow some ten times. */
const GZIP_STEP = 32_768;
/** Bytes that come out in one piece. */
const PIECE = 1 << 19;
/** A zstd block of 4 bytes may hold 128 KiB, so 8 MiB come out at once. */
const ZSTD_STEP = 256;
const WINDOW_TOO_LARGE = "zstd window larger than 128 MiB";
const WINDOW_ERROR = "ZSTD_error_frameParameter_windowTooLarge";
/** The longest zstd frame header. */
const ZSTD_HEADER = 18;
const WINDOW_LIMIT = 128 * 1024 * 1024;
