/** Databases that cannot be used: each start ends with its exit code and a remedy, and no byte is changed. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ROOT, telltale } from "./support/listener.mjs";

/** What is refused at the start: with its exit code and a remedy, and every byte as it was. */
export async function run({ folder }) {
  const sound = join(folder, "sound.db");
  await telltale(["replay", join(ROOT, "samples/two-nodes-at-once.log"), "--db", sound, "--format", "json"]);
  const problems = [];
  let cases = 0;
  const refuses = async (what, path, code, { env = {} } = {}) => {
    cases++;
    const before = digests(folder);
    const started = performance.now();
    const { code: got, stderr } = await telltale(["listen", "--db", path, "--udp", "127.0.0.1:0"], { env });
    const took = performance.now() - started;
    if (got !== code) problems.push(`${what}: exit ${got}, ${code} expected: ${stderr}`);
    if (!/^Error: .+\nTry: {3}.+\n/m.test(stderr)) problems.push(`${what}: no remedy: ${stderr}`);
    if (digests(folder) !== before) problems.push(`${what}: a file was changed`);
    if (took > 15_000) problems.push(`${what}: ${Math.round(took)} ms`);
  };
  const copyOf = (name, change = () => {}) => {
    const path = join(folder, `${name}.db`);
    copyFileSync(sound, path);
    change(path);
    return path;
  };
  const sql = (text) => (path) => {
    const db = new Database(path);
    db.exec(text);
    db.close();
  };
  await refuses(
    "no database",
    copyOf("text", (path) => writeFileSync(path, "not a database\n".repeat(1_000))),
    74,
  );
  await refuses(
    "a newer schema",
    copyOf("newer", sql("INSERT INTO migrations VALUES (9999, '9999_x.sql', 'x', 1)")),
    78,
  );
  await refuses("an edited schema", copyOf("edited", sql("UPDATE migrations SET sha256 = 'x' WHERE id = 1")), 78);
  await refuses(
    "another program's database",
    copyOf("foreign", (path) => {
      rmSync(path);
      sql("CREATE TABLE invoices(a); INSERT INTO invoices VALUES (1)")(path);
    }),
    65,
  );
  const orphan = join(folder, "orphan.db");
  writeFileSync(`${orphan}-wal`, "what the database had not taken in");
  await refuses("a folder", folder, 64);
  await refuses("a link", linkTo(sound, join(folder, "link.db")), 64);
  await refuses("a path below a file", join(sound, "t.db"), 74);
  await refuses("a log without its database", orphan, 74);
  const locked = copyOf("locked");
  const holder = await holding(locked);
  await refuses("a locked database", locked, 75);
  holder.kill("SIGKILL");
  await readOnly(join(folder, "ro"), sound, problems);
  return {
    promise: "what cannot be used is refused with its exit code and a remedy, byte for byte unchanged",
    figure: `${cases + 1} cases, ${problems.length} problems${problems.length > 0 ? `: ${problems.join("; ")}` : ""}`,
    ok: problems.length === 0,
  };
}

function linkTo(target, path) {
  symlinkSync(target, path);
  return path;
}

/** A process that holds the lock; this one would give its locks up with each look at the file. */
async function holding(path) {
  const script = `
    const db = new (require("better-sqlite3"))(process.argv[1]);
    db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO meta(name, value) VALUES ('held', ''); COMMIT");
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script, path], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** A read-only file system; as root the rights of a folder would stop nobody. */
async function readOnly(folder, sound, problems) {
  mkdirSync(folder);
  if (spawnSync("mount", ["-t", "tmpfs", "tmpfs", folder]).status !== 0) return;
  try {
    const path = join(folder, "t.db");
    copyFileSync(sound, path);
    execFileSync("mount", ["-o", "remount,ro", folder]);
    const { code, stderr } = await telltale(["listen", "--db", path, "--udp", "127.0.0.1:0"]);
    if (code !== 77) problems.push(`read-only: exit ${code}, 77 expected: ${stderr}`);
  } finally {
    execFileSync("umount", ["-l", folder]);
  }
}

/** What lies in a folder, byte for byte; lock files come and go. */
function digests(folder) {
  const names = readdirSync(folder).filter(
    (name) => !/\.lock$|-shm$/.test(name) && statSync(join(folder, name)).isFile(),
  );
  return names.map((name) => `${name} ${digest(readFileSync(join(folder, name)))}`).join("\n");
}

function digest(data) {
  return createHash("sha256").update(data).digest("hex");
}
