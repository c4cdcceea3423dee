/** Power loss: what the disk may hold at any moment of a recorded run, rebuilt and opened. No alert that was told may be
 * missing. The same with `synchronous=NORMAL` must fail, or this test sees nothing. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { alarming, datagrams } from "./support/lines.mjs";
import { MAIN, pause, startListener, until } from "./support/listener.mjs";
import { patched } from "./support/patched.mjs";
import { seeded } from "./support/random.mjs";
import { readTrace } from "./support/trace.mjs";

const TRACED = "openat,close,pwrite64,write,writev,fsync,fdatasync,ftruncate,unlink,rename,renameat,renameat2";

export async function run({ long, folder, say }) {
  if (spawnSync("strace", ["-V"]).error !== undefined) {
    return { promise: "power loss loses no told alert", figure: "skipped: strace is not installed", ok: true };
  }
  const random = seeded(say);
  const images = long ? 10_000 : 1_000;
  const full = await crash({ main: MAIN, folder: join(folder, "full"), images, alerts: long ? 200 : 60, random, say });
  const weak = patched(join(folder, "weak"), [
    ["synchronous = FULL", "synchronous = NORMAL"],
    ["synchronous === 2", "synchronous === 1"],
  ]);
  const normal = await crash({ main: weak, folder: join(folder, "normal"), images: 500, alerts: 60, random, say });
  return [
    {
      promise: "power loss loses no told alert",
      figure: `${full.images} crash images, ${full.told} alerts told; lost at ${full.lost}, damaged ${full.damaged}`,
      ok: full.images >= 1_000 && full.told > 10 && full.lost === 0 && full.damaged === 0,
    },
    {
      promise: "the test sees a commit that is not synced (synchronous=NORMAL must fail)",
      figure: `${normal.images} crash images; lost at ${normal.lost}, damaged ${normal.damaged}`,
      ok: normal.lost > 0,
    },
  ];
}

/** Records a run under strace, then opens what the disk may hold at so many of its moments. */
async function crash({ main, folder, images, alerts, random, say }) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "t.db");
  const trace = join(folder, "trace");
  await record({ main, path, trace, alerts });
  const events = readTrace(readFileSync(trace, "latin1"), path);
  say(`${events.length} writes, syncs and alerts recorded`);
  const disk = { durable: new Map(), pending: new Map() };
  const memory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : folder, "telltale-images-"));
  const told = new Set();
  const result = { images: 0, told: 0, lost: 0, damaged: 0 };
  // After the schema is there, each moment is as likely as any other.
  const first = events.findIndex((event) => event.kind === "alert");
  const moments = Array.from({ length: images }, () => first + Math.floor(random() * (events.length - first)));
  moments.sort((a, b) => a - b);
  for (const [i, event] of events.entries()) {
    enter(disk, told, event);
    for (; moments[0] === i; moments.shift()) {
      const image = imageOf(disk, random() < 0.5 ? null : random);
      const found = open(join(memory, "image.db"), image, path);
      result.images++;
      if (found === null) result.damaged++;
      else if ([...told].some((id) => !found.has(id))) result.lost++;
    }
  }
  rmSync(memory, { recursive: true });
  result.told = told.size;
  return result;
}

async function record({ main, path, trace, alerts }) {
  const seen = new Set();
  // All of the machine code that waits on other threads is followed too; strings whole, descriptors with their paths.
  const command = [
    "strace",
    "-f",
    "-y",
    "-xx",
    "-s",
    "200000",
    "-e",
    `trace=${TRACED}`,
    "-e",
    "signal=none",
    "-o",
    trace,
  ];
  const args = ["--db", path, "--udp", "127.0.0.1:0"];
  const listener = await startListener(args, { main, command, alert: ({ id }) => seen.add(id) });
  const sender = datagrams(listener.ports[0]);
  for (let n = 0; n < alerts; n++) {
    await sender.send(alarming(`p${n}`));
    await pause(10);
  }
  await until("every alert is told", () => seen.size >= alerts, 60);
  // The traced program, not its tracer, which then ends by itself.
  const { pid } = listener.child;
  process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()), "SIGKILL");
  await listener.ended;
  sender.close();
}

/** What is certainly on the disk, and what was written since the last sync of its file and may be there or not. */
function enter({ durable, pending }, told, event) {
  const { file } = event;
  if (event.kind === "alert") told.add(event.id);
  else if (event.kind === "sync") {
    durable.set(file, apply(durable.get(file) ?? Buffer.alloc(0), pending.get(file) ?? []));
    pending.delete(file);
  } else if (event.kind === "unlink") {
    durable.delete(file);
    pending.delete(file);
  } else pending.set(file, [...(pending.get(file) ?? []), event]);
}

/** With `random`, any part of what was not synced, some of it torn; without, none of it. */
function imageOf({ durable, pending }, random) {
  const image = new Map(durable);
  if (random === null) return image;
  for (const [file, events] of pending) {
    const kept = events.filter(() => random() < 0.5).map((event) => (random() < 0.2 ? torn(event, random) : event));
    image.set(file, apply(image.get(file) ?? Buffer.alloc(0), kept));
  }
  return image;
}

function torn(event, random) {
  if (event.kind !== "write") return event;
  const sectors = Math.floor((random() * event.bytes.length) / 512);
  return { ...event, bytes: event.bytes.subarray(0, sectors * 512) };
}

function apply(before, events) {
  let content = Buffer.from(before);
  for (const event of events) {
    if (event.kind === "truncate") {
      content = event.length <= content.length ? content.subarray(0, event.length) : grown(content, event.length);
    } else {
      const end = event.at + event.bytes.length;
      if (end > content.length) content = grown(content, end);
      event.bytes.copy(content, event.at);
    }
  }
  return content;
}

function grown(content, length) {
  const larger = Buffer.alloc(length);
  content.copy(larger);
  return larger;
}

/** Ids of the alerts in an image of the database's files; null when it is damaged. */
function open(copy, image, path) {
  for (const end of ["", "-wal"]) writeFileSync(copy + end, image.get(path + end) ?? Buffer.alloc(0));
  let db;
  try {
    db = new Database(copy);
    // Only the image is put to the test, so its own writes may be lost.
    db.pragma("synchronous = OFF");
    if (db.prepare("PRAGMA integrity_check").pluck().get() !== "ok") return null;
    // Where nothing at all reached the disk there is a sound database without a table.
    const tables = db.prepare("SELECT name FROM sqlite_schema").pluck().all();
    return new Set(tables.includes("alerts") ? db.prepare("SELECT id FROM alerts").pluck().all() : []);
  } catch {
    return null;
  } finally {
    db?.close();
  }
}
