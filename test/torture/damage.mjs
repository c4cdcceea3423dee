/** Files that were cut off or whose bits flipped: found or harmless, never a crash, never an empty database. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { compiledModules } from "./support/modules.mjs";
import { seeded } from "./support/random.mjs";

let findDamage;
let openStore;
let exportAlerts;
let compiled;

export async function run({ long, folder, say }) {
  const random = seeded(say);
  const program = join(folder, "program");
  const module = compiledModules(program);
  compiled = pathToFileURL(join(program, "dist/store/open.js")).href;
  ({ findDamage } = await module("store/integrity"));
  ({ openStore } = await module("store/open"));
  ({ exportAlerts } = await module("store/queries"));
  return [
    cutOff(join(folder, "cut"), long ? 1 : 10, say),
    flippedBits(join(folder, "bits"), long ? 1_000 : 150, random, say),
  ];
}

/** The log cut at each of its frames, a byte before and after, and at every byte of the last two. */
function cutOff(folder, step, say) {
  mkdirSync(folder);
  const path = join(folder, "t.db");
  const ids = recorded(path);
  const wal = readFileSync(`${path}-wal`);
  const frame = 24 + 4_096;
  const frames = Math.floor((wal.length - 32) / frame);
  const cuts = new Set([0, 1, 31, 32]);
  for (let i = 1; i <= frames; i += step)
    for (const by of [-1, 0, 1]) cuts.add(Math.min(wal.length, 32 + i * frame + by));
  for (let at = 32 + (frames - 2) * frame; at < wal.length; at += 7 * step) cuts.add(at);
  let worse = 0;
  let refused = 0;
  for (const cut of cuts) {
    const copy = join(folder, "cut.db");
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    truncateSync(`${copy}-wal`, cut);
    const outcome = openDamaged(copy);
    if (outcome.refused) refused++;
    else if (!isPrefix(outcome.ids, ids)) worse++;
    clean(folder, "cut.db");
  }
  say(`${frames} frames in the log`);
  return {
    promise: "a log that is cut off gives what was committed before, or is refused",
    figure: `${cuts.size} cuts: ${cuts.size - worse - refused} gave a prefix, ${refused} were refused, ${worse} gave something else`,
    ok: worse === 0 && frames > 20,
  };
}

/** Bits that flip in the database file: found or harmless, never a crash, never an empty database. */
function flippedBits(folder, flips, random, say) {
  mkdirSync(folder);
  const path = join(folder, "t.db");
  const ids = recorded(path);
  const db = new Database(path);
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
  const sound = readFileSync(path);
  const counts = { sound: 0, refused: 0, aside: 0, contents: 0, worse: 0 };
  const expected = contentsOf(path);
  for (let i = 0; i < flips; i++) {
    const copy = join(folder, "flip.db");
    const bytes = Buffer.from(sound);
    const at = Math.floor(random() * bytes.length);
    bytes[at] ^= 1 << Math.floor(random() * 8);
    writeFileSync(copy, bytes);
    const outcome = openDamaged(copy);
    const aside = readdirSync(folder).some((name) => name.includes(".damaged"));
    if (outcome.refused) counts[aside ? "aside" : "refused"]++;
    else if (outcome.ids.length === ids.length && outcome.contents === expected) counts.sound++;
    // SQLite has no checksum over a page: a flipped bit within a text is that text.
    else if (outcome.ids.length >= ids.length - 1) counts.contents++;
    else counts.worse++;
    if (!existsSync(copy) && !aside) counts.worse++;
    if (existsSync(copy) && statSync(copy).size === 0) counts.worse++;
    clean(folder, "flip.db");
  }
  say(JSON.stringify(counts));
  return {
    promise: "flipped bits never crash Telltale nor give an empty database",
    figure: `${flips} flips: ${counts.aside} put aside, ${counts.refused} refused, ${counts.sound} without effect, ${counts.contents} changed a text, ${counts.worse} worse`,
    ok: counts.worse === 0 && counts.aside > 0,
  };
}

/** A database with its log as a killed process leaves it; gives the ids in the order of their commits. */
function recorded(path) {
  const script = `
    const { openStore } = await import(process.argv[2]);
    const store = openStore(process.argv[1]);
    const text = { en: "Packet memory is exhausted" };
    for (let n = 0; n < 60; n++) {
      const alert = {
        id: "alert " + String(n).padStart(3, "0"), rule: "r", advisory: "x", title: text, level: "high", confidence: "high", verdict: "v",
        device: "Edge" + n, node: null, address: "192.0.2.7", status: "open", count: 1, firstSeen: n, lastSeen: n,
        exposure: { state: "unknown", release: null, reason: text }, details: {}, caveats: [],
        evidence: [{ at: n, raw: Buffer.from("line " + n) }],
        runbook: { recover: [], mitigate: [], verify: [], fix: [] }, lead: "recover", falsepositives: [],
        references: [], related: [], sourceAuth: "none", acknowledged: null, disposition: null, notes: [],
      };
      store.commit(0, () => ({
        devices: [], deviceEvents: [], dropStates: [], unparsed: [], tell: true, counters: { written: n }, states: [],
        alerts: [{ alert, group: "g" + n, change: "opened", at: n }],
      }));
      // The schema and the first half go into the file, the rest stays in the log.
      if (n === 29) { store.db.pragma("wal_checkpoint(TRUNCATE)"); store.db.pragma("wal_autocheckpoint = 0"); }
    }
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["--input-type=module", "-e", script, path, compiled], { stdio: "inherit" });
  return Array.from({ length: 60 }, (_, n) => `alert ${String(n).padStart(3, "0")}`);
}

/** Opens as the engine does and reads everything. */
function openDamaged(path) {
  let store;
  try {
    store = openStore(path, { exclusive: true, at: 0 });
    if (findDamage(store, "indexes").length > 0) return { refused: true };
    const alerts = [...exportAlerts(store)];
    return { refused: false, ids: alerts.map(({ id }) => id), contents: digest(JSON.stringify(alerts)) };
  } catch (error) {
    if (error?.name !== "TelltaleError") throw error;
    return { refused: true };
  } finally {
    store?.close();
  }
}

function contentsOf(path) {
  const store = openStore(path, { readOnly: true });
  const alerts = [...exportAlerts(store)];
  store.close();
  return digest(JSON.stringify(alerts));
}

function isPrefix(found, all) {
  return found.length >= 30 && found.every((id, i) => id === all[i]);
}

function clean(folder, name) {
  for (const one of readdirSync(folder)) if (one.startsWith(name)) rmSync(join(folder, one));
}

function digest(data) {
  return createHash("sha256").update(data).digest("hex");
}
