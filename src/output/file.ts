/** A file of JSON lines as an output: each line is on the disk before it counts; the file is rotated by its size. */
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { alertJson } from "./alert-json.ts";
import { jsonLine } from "./json-line.ts";
import { closedError, type Output, OutputError } from "./output.ts";

export interface FileOptions {
  name: string;
  path: string;
  /** Bytes above which a new file is begun. */
  maxSize: number;
  /** Full files that are kept: `path.1` is the newest. */
  keep: number;
}

interface Opened {
  handle: FileHandle;
  inode: number;
  size: number;
}

/** The file; it is opened for the first delivery, and anew when somebody else has moved it away. */
export function fileOutput(options: FileOptions): Output {
  const { name, path, maxSize, keep } = options;
  let opened: Opened | null = null;
  let closed = false;
  const leave = async () => {
    const left = opened;
    opened = null;
    await left?.handle.close();
  };
  const current = async (length: number): Promise<Opened> => {
    const there = await stat(path).catch(() => null);
    if (opened !== null && there?.ino !== opened.inode) await leave();
    opened ??= await openLines(path);
    if (opened.size === 0 || opened.size + length <= maxSize) return opened;
    await leave();
    await rotate(path, keep);
    opened = await openLines(path);
    return opened;
  };
  return {
    name,
    async deliver({ alert, change }) {
      if (closed) throw closedError(name);
      const line = Buffer.from(`${jsonLine(alertJson(alert, change))}\n`);
      try {
        const file = await current(line.length);
        await append(file, line);
      } catch (cause) {
        await leave().catch(() => {});
        if (cause instanceof OutputError) throw cause;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new OutputError(`${path} cannot be written: ${why}`, HINT, { cause });
      }
    },
    async close() {
      closed = true;
      await leave().catch(() => {});
    },
  };
}

const HINT = "Let the user of telltale write to the file and its folder, and give the disk room.";

/** No symbolic link, no pipe, nobody else's file: what is written could end anywhere. */
async function openLines(path: string): Promise<Opened> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const handle = await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.uid !== (process.geteuid?.() ?? stats.uid))
      throw new OutputError(`${path} is no file of this user`, "Name a file of its own.");
    const { size } = stats;
    const file = { handle, inode: stats.ino, size };
    if (size === 0) await syncFolder(path);
    else {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      // A line that a crash cut off must not take the next one with it.
      if (buffer[0] !== 0x0a) await append(file, Buffer.from("\n"));
    }
    return file;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Everything or nothing, on the disk. */
async function append(file: Opened, bytes: Buffer): Promise<void> {
  try {
    await file.handle.appendFile(bytes);
    await file.handle.datasync();
    file.size += bytes.length;
  } catch (error) {
    await file.handle.truncate(file.size).catch(() => {});
    throw error;
  }
}

async function rotate(path: string, keep: number): Promise<void> {
  await rm(`${path}.${keep}`, { force: true });
  for (let i = keep - 1; i >= 0; i--) {
    await rename(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await syncFolder(path);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), constants.O_RDONLY);
  await folder.sync().finally(() => folder.close());
}
