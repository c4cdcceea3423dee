/** A disk without room: detection goes on, alerts come out, and everything is stored once there is room again. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { faultsOf, rows, withCopy } from "./support/database.mjs";
import { alarming, datagrams } from "./support/lines.mjs";
import { ask, startListener, until } from "./support/listener.mjs";

/** A file system of 48 megabytes that fills up while alerts come, and has room again later. */
export async function run({ folder: parent, say }) {
  const promise = "a full disk stops neither detection nor alerts, and loses no committed row";
  const folder = join(parent, "small");
  mkdirSync(folder);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", folder]);
  if (mounted.status !== 0) return { promise, figure: "skipped: mounting a file system needs root", ok: true };
  try {
    return { promise, ...(await fillUp(folder, say)) };
  } finally {
    execFileSync("umount", ["-l", folder]);
  }
}

async function fillUp(folder, say) {
  const path = join(folder, "t.db");
  const told = new Set();
  const args = ["--db", path, "--udp", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const listener = await startListener(args, { alert: ({ device }) => told.add(device) });
  const sender = datagrams(listener.ports[0]);
  const storage = async () => JSON.parse((await ask(listener, "/readyz")).text).checks.storage;
  const send = async (from, to) => {
    for (let n = from; n < to; n++) await sender.send(alarming(`f${n}`));
  };
  const stored = () => new Set(withCopy(path, (db) => rows(db, "SELECT device FROM alerts")));
  await send(0, 50);
  await until("the first alerts are stored", () => told.size >= 50 && stored().size >= 50);
  const filler = join(folder, "filler");
  fill(filler);
  await send(50, 450);
  await until("alerts come out of a full disk", () => told.size >= 450);
  await until("health says so", async () => (await storage()) !== "ok");
  const reason = await storage();
  const alive = (await ask(listener, "/healthz")).status;
  const kept = [...Array(50).keys()].filter((n) => !stored().has(`f${n}`));
  rmSync(filler);
  const freed = performance.now();
  await until("everything is written", () => stored().size >= 450, 10);
  const seconds = (performance.now() - freed) / 1_000;
  await until("health says that all is well", async () => (await storage()) === "ok").catch(async () => {
    throw new Error(`health still says: ${await storage()}`);
  });
  listener.child.kill("SIGTERM");
  const { code } = await listener.ended;
  sender.close();
  const faults = faultsOf(path);
  say(reason);
  const ok =
    alive === 200 &&
    code === 0 &&
    kept.length === 0 &&
    faults.length === 0 &&
    seconds <= 5 &&
    /room|full/i.test(reason);
  return {
    figure: `450 of ${told.size} alerts told while full, all 450 stored ${seconds.toFixed(1)} s after there was room; ${faults.length} faults`,
    ok,
  };
}

/** Takes all room that there is, to the last byte. */
function fill(file) {
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
    while (spawnSync("sh", ["-c", `head -c ${size} /dev/zero >> '${file}'`]).status === 0) {}
  }
}
