/** Captures from disk and standard input. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { TelltaleError } from "../../src/error.ts";
import type { Frame } from "../../src/model.ts";
import { fileMtime, fileSource } from "../../src/source/file.ts";
import { createLineSplitter, type Line } from "../../src/source/lines.ts";

const folder = mkdtempSync(join(tmpdir(), "telltale-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function readAll(path: string, maxBytes = 8192): Promise<{ frames: Frame[]; error: TelltaleError | null }> {
  const frames: Frame[] = [];
  const source = fileSource({ path, maxBytes });
  await source.start((frame) => frames.push(frame));
  const error = await source.finished.then(
    () => null,
    (reason) => reason,
  );
  return { frames, error };
}
function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const shown = (frames: readonly Frame[]): string[] =>
  frames.map(({ raw, line, flags }) => [line, Buffer.from(raw).toString(), ...flags].join("|"));
const zstd = (text: string | Uint8Array, ...options: string[]): Buffer =>
  execFileSync("zstd", ["-q", "-c", ...options], { input: text, maxBuffer: 1 << 28 });
const LINES = Array.from(
  { length: 5000 },
  (_, i) => `<189>${i}: *Mar  1 00:00:09.123: %SYS-5-CONFIG_I: ${(i * 2654435761) % 1000003}`,
);

describe("a capture", () => {
  test("is read line by line, with the numbers an editor shows", async () => {
    const path = write("plain.log", "\ufeffa\r\n\nb\0c\fd\n\fe\rf");
    expect(shown((await readAll(path)).frames)).toEqual(["1|a", "2|", "3|b", "3|c", "3|d", "4|e\rf"]);
  });

  test("is cleaned and unwrapped on the way", async () => {
    const first = "*Mar  1 00:00:09.123: %SYS-5-CONFIG_I: Configured from console by ".padEnd(80, "x");
    const path = write("wrapped.log", ` --More-- ${"\b".repeat(9)}        ${"\b".repeat(9)}${first}\nyz\n<189>1: b\n`);
    expect(shown((await readAll(path)).frames)).toEqual([`1|${first}yz|unwrapped`, "3|<189>1: b"]);
  });

  test("keeps the first bytes of a long line, and numbers go on", async () => {
    const path = write("long.log", `${"x".repeat(100_000)}\n${"y".repeat(32)}\r\n${"z".repeat(32)}\rz\n`);
    expect(shown((await readAll(path, 32)).frames)).toEqual([
      `1|${"x".repeat(32)}|truncated`,
      `2|${"y".repeat(32)}`,
      `3|${"z".repeat(32)}|truncated`,
    ]);
  });

  test.each([
    ["gzip", () => gzipSync(LINES.join("\n"))],
    [
      "gzip of several members",
      () => Buffer.concat([gzipSync(`${LINES.slice(0, 10).join("\n")}\n`), gzipSync(LINES.slice(10).join("\n"))]),
    ],
    ["zstd", () => zstd(LINES.join("\n"))],
    [
      "zstd of several frames with checksums",
      () =>
        Buffer.concat([
          zstd(`${LINES.slice(0, 10).join("\n")}\n`, "--check"),
          zstd(LINES.slice(10).join("\n"), "-19", "--check"),
        ]),
    ],
    ["UTF-16 as Windows PowerShell writes it", () => Buffer.from(`\ufeff${LINES.join("\r\n")}\r\n`, "utf16le")],
    ["UTF-16 with the greater byte first", () => Buffer.from(`\ufeff${LINES.join("\n")}`, "utf16le").swap16()],
  ])("packed with %s is told by its content, not its name", async (name, pack) => {
    const { frames, error } = await readAll(write(`${name}.txt`, pack()));
    expect(error).toBeNull();
    expect(frames.map((frame) => Buffer.from(frame.raw).toString())).toEqual(LINES);
  });

  test("that is plain is read as plain, whatever its name says", async () => {
    expect(shown((await readAll(write("really-plain.gz", "a\nb"))).frames)).toEqual(["1|a", "2|b"]);
  });

  test.each(["", "a", "\x1f"])("of %j, shorter than any magic number, is read", async (text) => {
    const { frames, error } = await readAll(write("short.log", text));
    expect(error).toBeNull();
    expect(frames.length).toBe(text.length);
  });

  test.each<[string, () => Buffer]>([
    ["gzip cut short", () => gzipSync(LINES.join("\n")).subarray(0, 15_000)],
    [
      "gzip with a broken checksum",
      () => gzipSync(LINES.join("\n")).map((byte, i, all) => (i === all.length - 6 ? byte ^ 1 : byte)) as Buffer,
    ],
    [
      "gzip followed by a broken member",
      () => Buffer.concat([gzipSync(LINES.join("\n")), gzipSync("x").fill(0xff, 10, 14)]),
    ],
    ["zstd cut short", () => zstd(LINES.join("\n"), "-1", "-B100").subarray(0, 20_000)],
  ])("of %s gives what came before and then says how far it got", async (name, pack) => {
    const path = write(`${name}.bin`, pack());
    const { frames, error } = await readAll(path);
    expect(error).toMatchObject({ code: "DATA_INVALID", exitCode: 65 });
    expect(error?.message).toContain(path);
    expect(error?.message).toMatch(/after line \d+ \(\d+ bytes of text\)/);
    const whole = frames.slice(0, -1).map((frame) => Buffer.from(frame.raw).toString());
    expect(whole.length).toBeGreaterThan(500);
    expect(whole).toEqual(LINES.slice(0, whole.length));
  });

  test("that asks for a gigabyte of zstd window is refused", async () => {
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, (30 - 10) << 3, ...new Array<number>(20).fill(0));
    expect((await readAll(write("wide.zst", header))).error).toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringContaining("128 MiB"),
    });
  });

  test.each<[string, (text: Buffer) => Uint8Array]>([
    ["gzip", (text) => gzipSync(text)],
    ["zstd", (text) => zstd(text)],
  ])("that unpacks to 200 MB of %s is read in little memory", async (name, pack) => {
    const path = write(`bomb.${name}`, pack(Buffer.alloc(200_000_000, 0x78)));
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    const { frames, error } = await readAll(path);
    clearInterval(watch);
    expect(error).toBeNull();
    expect(frames.map((frame) => [frame.raw.length, ...frame.flags])).toEqual([[8192, "truncated"]]);
    expect(peak - before).toBeLessThan(120_000_000);
  });

  test("waits while paused", async () => {
    const source = fileSource({ path: write("paused.log", LINES.join("\n")) });
    let count = 0;
    await source.start(() => {
      if (++count === 100) source.pause();
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(count).toBe(100);
    source.resume();
    await source.finished;
    expect(count).toBe(5000);
  });

  test("stops in the middle", async () => {
    const source = fileSource({ path: write("stopped.log", LINES.join("\n")) });
    let count = 0;
    let stopping: Promise<void> | null = null;
    await source.start(() => {
      if (++count === 100) stopping = source.stop();
    });
    await source.finished;
    await stopping;
    expect(count).toBe(100);
  });

  test("that is not there, or is a folder, is no input", async () => {
    const missing = join(folder, "missing.log");
    const start = (path: string) =>
      fileSource({ path })
        .start(() => {})
        .then(
          () => null,
          (error) => error,
        );
    expect(await start(missing)).toMatchObject({
      code: "NO_INPUT",
      exitCode: 66,
      message: expect.stringContaining(missing),
    });
    expect(await start(folder)).toMatchObject({ code: "NO_INPUT", message: expect.stringContaining("directory") });
  });

  test.skipIf(process.getuid?.() === 0)("that may not be read is a matter of permission", async () => {
    const path = write("secret.log", "a");
    chmodSync(path, 0);
    expect(
      await fileSource({ path })
        .start(() => {})
        .then(
          () => null,
          (error) => error,
        ),
    ).toMatchObject({ code: "NO_PERMISSION", exitCode: 77 });
  });

  test("has a time of its own, unless it is standard input or missing", () => {
    const path = write("time.log", "a");
    expect(fileMtime(path)).toBe(Math.floor(statSync(path).mtimeMs));
    expect(fileMtime("-")).toBeNull();
    expect(fileMtime(join(folder, "missing"))).toBeNull();
  });
});

describe("standard input", () => {
  test("is read from a pipe, packed or not", async () => {
    const child = spawn("gzip", ["-c"], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(LINES.join("\n"));
    const source = fileSource({ path: "-", stdin: child.stdout });
    const frames: Frame[] = [];
    await source.start((frame) => frames.push(frame));
    await source.finished;
    expect(frames.length).toBe(5000);
    expect(frames[4999]).toMatchObject({ from: "-", transport: "file", at: null, line: 5000 });
  });

  test("that never ends can be stopped", async () => {
    const stdin = new PassThrough();
    const source = fileSource({ path: "-", stdin });
    const got = new Promise<Frame>((resolve) => void source.start(resolve));
    stdin.write("<189>1: a\n<189>2: b\n");
    await got;
    await source.stop();
    await source.finished;
    expect(stdin.destroyed).toBe(true);
  });
});

describe("lines", () => {
  const split = (all: Uint8Array, cuts: readonly number[], maxBytes: number): Line[] => {
    const splitter = createLineSplitter({ maxBytes });
    const places = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((a, b) => a - b);
    let from = 0;
    const out: Line[] = [];
    for (const to of [...places, all.length]) {
      out.push(...splitter.push(all.slice(from, to)));
      from = to;
    }
    return [...out, ...splitter.flush()];
  };
  const text = fc
    .array(fc.constantFrom("\n", "\r\n", "\r", "\0", "\f", "a", "bcdef", "<189>1: "), { maxLength: 60 })
    .map((parts) => new Uint8Array(Buffer.from(parts.join(""))));

  test("are the same however the file is cut into chunks", () => {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        (all, cuts, maxBytes) => {
          expect(split(all, cuts, maxBytes)).toEqual(split(all, [], maxBytes));
        },
      ),
    );
  });

  test("are those that a regular expression finds in the whole file", () => {
    fc.assert(
      fc.property(text, (all) => {
        const expected = Buffer.from(all)
          .toString()
          .split("\n")
          .flatMap((line, i, every) => {
            const ended = i < every.length - 1;
            const parts = (ended ? line.replace(/\r$/, "") : line).split(/[\0\f]/);
            return parts
              .filter((part, j) => part !== "" || (ended && j === parts.length - 1))
              .map((part) => `${i + 1}|${part}`);
          });
        expect(split(all, [], 1000).map((line) => `${line.line}|${Buffer.from(line.raw).toString()}`)).toEqual(
          expected,
        );
      }),
    );
  });
});
