/** What was committed is there after the process was killed, however often and whenever that happens. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { findDamage } from "../../src/store/integrity.ts";
import { openStore } from "../../src/store/open.ts";
import { registerOutputs } from "../../src/store/outputs.ts";
import { folder, known } from "./support.ts";

const CYCLES = 12;

/** Compiles the store as a release has it, into a folder of its own, and returns the compiled `open.js`. */
function compiled(): string {
  const root = folder();
  const repository = resolve(".");
  for (const name of ["node_modules", "migrations"]) symlinkSync(join(repository, name), join(root, name));
  const project = {
    extends: join(repository, "tsconfig.json"),
    compilerOptions: { noEmit: false, rootDir: join(repository, "src"), outDir: join(root, "dist") },
    include: [join(repository, "src/store")],
  };
  mkdirSync(join(root, "dist"));
  writeFileSync(join(root, "package.json"), `{"type":"module"}`);
  writeFileSync(join(root, "tsconfig.json"), JSON.stringify(project));
  execFileSync(process.execPath, [join(repository, "node_modules/typescript/bin/tsc"), "-p", root], { stdio: "pipe" });
  return join(root, "dist/store/open.js");
}

// Commits one alert after another and prints each id only after its commit has returned.
const WRITER = `
  import { writeSync } from "node:fs";
  const [, module, path, cycle] = process.argv;
  const { openStore } = await import(module);
  const store = openStore(path, { exclusive: true });
  const text = { en: "Packet memory is exhausted" };
  for (let n = 0; ; n++) {
    const id = cycle + "-" + n;
    const alert = {
      id, rule: "r", advisory: "x", title: text, level: "high", confidence: "high", verdict: "v", device: "Edge1",
      node: null, address: "192.0.2.7", status: "open", count: 1, firstSeen: n, lastSeen: n,
      exposure: { state: "unknown", release: null, reason: text }, details: {}, caveats: [],
      evidence: [{ at: n, raw: Buffer.from("line " + n) }],
      runbook: { recover: [], mitigate: [], verify: [], fix: [] }, lead: "recover", falsepositives: [],
      references: [], related: [], sourceAuth: "none", acknowledged: null, disposition: null, notes: [],
    };
    store.commit(0, () => ({
      devices: [], deviceEvents: [], dropStates: [], unparsed: [], tell: true, counters: { written: n },
      states: [{ group: "g", rule: "r", version: "1", data: id, due: null }],
      alerts: [{ alert, group: "g", change: "opened", at: n }],
    }));
    writeSync(1, id + "\\n");
  }`;

/** Runs the writer, kills it after `acknowledged` commits, and returns the ids that it printed. */
async function killed(module: string, path: string, cycle: number, acknowledged: number): Promise<string[]> {
  const args = ["--input-type=module", "-e", WRITER, pathToFileURL(module).href, path, String(cycle)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.split("\n").length > acknowledged) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  return printed.split("\n").slice(0, -1);
}

describe("a killed writer", () => {
  it(`has lost no acknowledged alert in ${CYCLES} kills, and no half of one is there`, async () => {
    const module = compiled();
    const path = join(folder(), "telltale.db");
    const acknowledged: string[] = [];
    const first = openStore(path);
    registerOutputs(first, [known("console")]);
    first.close();
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      acknowledged.push(...(await killed(module, path, cycle, 1 + cycle * 17)));
      const store = openStore(path, { exclusive: true });
      expect(findDamage(store)).toEqual([]);
      const column = (sql: string) => store.db.prepare(sql).pluck().all() as string[];
      const kept = column("SELECT id FROM alerts ORDER BY rowid");
      expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
      expect(column("SELECT alert_id FROM outbox ORDER BY id")).toEqual(kept);
      expect(column("SELECT alert_id FROM alert_evidence").sort()).toEqual([...kept].sort());
      expect(column("SELECT data FROM state")).toEqual(kept.slice(-1));
      store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(CYCLES);
  });
});
