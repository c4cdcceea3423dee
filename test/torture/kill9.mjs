/** kill -9 at random moments and at every named place: no alert that somebody saw is lost, none is there twice. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { faultsOf, rows, withCopy } from "./support/database.mjs";
import { alarming, datagrams, ordinary } from "./support/lines.mjs";
import { pause, ROOT, startListener, telltale, until } from "./support/listener.mjs";
import { seeded } from "./support/random.mjs";

/** The places as src/failpoint.ts lists them. */
const FAILPOINTS = [...readFileSync(join(ROOT, "src/failpoint.ts"), "utf8").matchAll(/^ {2}"([a-z.]+)",$/gm)].map(
  ([, name]) => name,
);
const SHORT = 50;
const LONG = 1_000;
/** Alerts and other messages sent in one life. */
const ALARMS = 20;
const ORDINARY_EACH = 20;
/** Places that are passed by another command, or in a database of another kind. */
const ELSEWHERE = new Set(["backup.copied", "migrate.middle", "migrate.done", "quarantine.middle"]);

export async function run({ long, folder, say }) {
  const random = seeded(say);
  const world = newWorld(folder, random);
  const cycles = long ? LONG : SHORT;
  const places = FAILPOINTS.filter((name) => !ELSEWHERE.has(name));
  const reached = new Map();
  for (let i = 0; i < cycles; i++) {
    const place = i < places.length * 2 || random() < 0.4 ? places[i % places.length] : null;
    const hit = await life(world, place, i);
    if (place !== null && hit) reached.set(place, (reached.get(place) ?? 0) + 1);
    if (i % 25 === 24) say(`${i + 1} kills, ${world.seen.size} alerts seen`);
  }
  await lastLife(world);
  const others = await otherCommands(join(folder, "others"), say);
  const missed = places.filter((name) => !reached.has(name));
  const figure =
    `${cycles} kills, ${reached.size + others.reached} of ${FAILPOINTS.length} places, ${world.known.size} alerts committed, ` +
    `${world.lost.length} lost, ${world.faults.length + others.faults.length} faults` +
    `${missed.length === 0 ? "" : `, not reached: ${missed.join(", ")}`}`;
  for (const problem of [...world.lost, ...world.faults, ...others.faults].slice(0, 10)) say(problem);
  const ok = world.lost.length + world.faults.length + others.faults.length + missed.length === 0;
  return {
    promise: "kill -9 loses no committed alert and doubles none",
    figure,
    ok: ok && others.reached === ELSEWHERE.size && world.known.size > cycles,
  };
}

/** One database over all lives; `seen` are alerts that came out, `known` those that the database held. */
function newWorld(folder, random) {
  const rules = join(folder, "rules");
  cpSync(join(ROOT, "rules"), rules, { recursive: true });
  return {
    path: join(folder, "t.db"),
    rules,
    random,
    seen: new Set(),
    known: new Set(),
    pruned: new Set(),
    lost: [],
    faults: [],
    next: 0,
  };
}

/** Starts, sends, dies, and looks; true when it died at the place that was named. */
async function life(world, place, cycle) {
  // At first every place at its first visit, then also later ones of those that are passed often.
  const visits =
    cycle < FAILPOINTS.length || /^(?:start|reload|stop|checkpoint|prune)/.test(place ?? "")
      ? 1
      : 1 + Math.floor(world.random() * 4);
  if (place?.startsWith("checkpoint")) growLog(world.path);
  if (place?.startsWith("prune")) makeOld(world);
  const config = join(dirname(world.path), "config.yaml");
  writeFileSync(config, "retention: { age: 1d }\nwatchRules: false\nlisten: { tcp: { addresses: [] } }\n");
  const args = ["--config", config, "--db", world.path, "--rules", world.rules, "--udp", "127.0.0.1:0"];
  let listener;
  try {
    listener = await startListener(args, {
      env: place === null ? {} : { TELLTALE_FAILPOINT: `${place}=${visits}` },
      alert: ({ id }) => world.seen.add(id),
    });
  } catch (error) {
    if (error.signal !== "SIGKILL") throw error;
    look(world, cycle);
    return true;
  }
  const sender = datagrams(listener.ports[0]);
  for (let n = 0; n < ALARMS; n++) {
    await sender.send(alarming(`k${world.next++}`));
    for (let i = 0; i < ORDINARY_EACH; i++)
      await sender.send(ordinary(`r${i % 10}`, cycle * 1_000 + n * ORDINARY_EACH + i));
    if (n === ALARMS / 2 && place?.startsWith("reload")) touchRules(world, listener);
    if (n % 4 === 0) await pause(world.random() * 40);
  }
  if (place?.startsWith("stop")) listener.child.kill("SIGTERM");
  // What has not died at its place by now dies at a random moment.
  const patience = place === null ? world.random() * 400 : 3_000;
  await Promise.race([listener.ended, pause(patience)]);
  const early = listener.child.exitCode !== null || listener.child.signalCode !== null;
  if (!early) listener.child.kill("SIGKILL");
  const { code } = await listener.ended;
  sender.close();
  if (code !== null && code !== 0) world.faults.push(`cycle ${cycle}: exit ${code}: ${listener.stderr()}`);
  look(world, cycle);
  return early && code === null;
}

/** What the database holds after a death: all that anybody saw, all that it held before, and nothing broken. */
function look(world, cycle) {
  if (!existsSync(world.path)) return;
  // What was made old by hand goes on in the engine, and its alert comes back when that has news of it: it was told once.
  const faults = faultsOf(world.path).filter((fault) => !world.pruned.has(fault.replace(/^no outbox entry: /, "")));
  world.faults.push(...faults.map((fault) => `cycle ${cycle}: ${fault}`));
  const ids = new Set(
    withCopy(world.path, (db) =>
      rows(db, "SELECT name FROM sqlite_schema").includes("alerts") ? rows(db, "SELECT id FROM alerts") : [],
    ),
  );
  for (const id of [...world.seen, ...world.known]) {
    if (!ids.has(id) && !world.pruned.has(id)) world.lost.push(`cycle ${cycle}: ${id}`);
  }
  for (const id of ids) world.known.add(id);
}

/** Once more without dying: everything that was committed comes out at least once. */
async function lastLife(world) {
  const listener = await startListener(["--db", world.path, "--udp", "127.0.0.1:0"], {
    alert: ({ id }) => world.seen.add(id),
  });
  const owed = () => [...world.known].filter((id) => !world.seen.has(id) && !world.pruned.has(id));
  await until("every committed alert is told", () => owed().length === 0, 60).catch(() => {
    world.lost.push(...owed().map((id) => `never told: ${id}`));
  });
  listener.child.kill("SIGTERM");
  const { code } = await listener.ended;
  if (code !== 0) world.faults.push(`the last stop: exit ${code}`);
  look(world, "the last");
}

/** Leaves a log that is long enough to be taken in, by a process that dies before it takes it in itself. */
function growLog(path) {
  if (!existsSync(path)) return;
  const script = `
    const db = new (require("better-sqlite3"))(process.argv[1]);
    db.pragma("synchronous = FULL"); db.pragma("wal_autocheckpoint = 0");
    for (let i = 0; i < 6; i++) db.prepare("INSERT INTO unparsed(at, source, line) VALUES (0, 'x', ?)").run(Buffer.alloc(1 << 20));
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["-e", script, path], { cwd: ROOT });
}

/** Makes some alerts old and over, so that there is something to remove. */
function makeOld(world) {
  if (!existsSync(world.path)) return;
  const db = new Database(world.path);
  const old = rows(
    db,
    "SELECT id FROM alerts WHERE id NOT IN (SELECT alert_id FROM outbox WHERE delivered_at IS NULL) LIMIT 30",
  );
  const close = db.prepare("UPDATE alerts SET status = 'closed', last_seen = 1 WHERE id = ?");
  for (const id of old) {
    close.run(id);
    world.pruned.add(id);
  }
  db.close();
}

function touchRules(world, { child }) {
  const file = join(world.rules, "operations/clock-jump.yaml");
  writeFileSync(file, readFileSync(file));
  utimesSync(file, new Date(), new Date());
  child.kill("SIGHUP");
}

/** Places that other commands pass: a backup, an upgrade, a quarantine. */
async function otherCommands(folder, say) {
  const faults = [];
  let reached = 0;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "t.db");
  await telltale(["replay", join(ROOT, "samples/two-nodes-at-once.log"), "--db", path, "--format", "json"]);
  const before = withCopy(path, (db) => rows(db, "SELECT id FROM alerts ORDER BY id"));
  const dies = async (args, place) => {
    const { signal, stderr } = await telltale(args, { env: { TELLTALE_FAILPOINT: place } });
    if (signal === "SIGKILL") reached++;
    else faults.push(`${place} was not reached: ${stderr}`);
  };
  const same = (what, file = path) => {
    const ids = withCopy(file, (db) => rows(db, "SELECT id FROM alerts ORDER BY id"));
    if (ids.join() !== before.join()) faults.push(`${what}: alerts differ`);
    faults.push(...withCopy(file, (db) => rows(db, "PRAGMA integrity_check")).filter((line) => line !== "ok"));
  };

  const backup = join(folder, "backup.db");
  await dies(["db", "backup", backup, "--db", path], "backup.copied");
  if (existsSync(backup)) faults.push("a backup that was not finished is there under its name");
  const again = await telltale(["db", "backup", backup, "--db", path]);
  if (again.code !== 0) faults.push(`no backup after a killed one: ${again.stderr}`);
  same("backup", backup);

  for (const place of ["migrate.middle", "migrate.done"]) {
    const old = join(folder, `${place}.db`);
    oldStore(old);
    const config = ["listen", "--db", old, "--udp", "127.0.0.1:0"];
    await dies(config, place);
    const listener = await startListener(config.slice(1));
    listener.child.kill("SIGTERM");
    if ((await listener.ended).code !== 0) faults.push(`${place}: the upgrade did not go on`);
    const kept = withCopy(old, (db) => rows(db, "SELECT name FROM meta WHERE name = 'kept'"));
    if (kept.length !== 1) faults.push(`${place}: the rows of before are gone`);
    if (!readdirSync(folder).some((name) => name.startsWith(`${basename(old)}.before-`)))
      faults.push(`${place}: no copy of before`);
  }

  const torn = join(folder, "torn.db");
  cpSync(path, torn);
  const bytes = readFileSync(torn);
  bytes.fill(0xff, 8_192);
  writeFileSync(torn, bytes);
  writeFileSync(`${torn}-wal`, "");
  const listen = ["listen", "--db", torn, "--udp", "127.0.0.1:0"];
  await dies(listen, "quarantine.middle");
  const next = await telltale(listen);
  if (next.code !== 74) faults.push(`after a quarantine that was cut short: exit ${next.code}, 74 expected`);
  if (existsSync(torn) && statSync(torn).size < bytes.length)
    faults.push("an empty database took the place of the damaged one");
  const aside = readdirSync(folder).find((name) => /^torn\.db\.damaged-[^-]+$/.test(name));
  if (aside === undefined || Buffer.compare(readFileSync(join(folder, aside)), bytes) !== 0)
    faults.push("what was put aside is not what was there");
  say(`${reached} places of other commands reached`);
  return { faults, reached };
}

/** A database as the first release wrote it. */
function oldStore(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  const sql = readFileSync(join(ROOT, "migrations/0001_init.sql"), "utf8");
  db.exec(
    "CREATE TABLE migrations(id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER) STRICT",
  );
  db.exec(sql);
  db.prepare("INSERT INTO migrations VALUES (1, '0001_init.sql', ?, NULL)").run(sha256(sql));
  db.exec("INSERT INTO meta(name, value) VALUES ('kept', 'yes')");
  db.close();
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}
