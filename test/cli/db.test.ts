/** `telltale db`: a copy that opens, a check that finds, a prune that keeps what is not over. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { alert, batch, opened } from "../store/support.ts";
import { telltale } from "../support/cli.ts";

const DAY = 86_400_000;
let folder = "";
let db = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "telltale-db-"));
  db = join(folder, "t.db");
  const store = openStore(db);
  const old = { firstSeen: Date.now() - 500 * DAY, lastSeen: Date.now() - 500 * DAY };
  const alerts = [
    alert({ id: "over and old", status: "resolved", ...old }),
    alert({ id: "open and old", status: "open", ...old }),
    alert({ id: "over", status: "closed", firstSeen: Date.now(), lastSeen: Date.now() }),
  ];
  store.commit(0, () => batch({ alerts: alerts.map((one) => opened(one)) }));
  store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe("telltale db backup", () => {
  test("writes a private copy that opens and is sound, and replaces it only when told to", async () => {
    const file = join(folder, "backup.db");
    const first = await telltale(["db", "backup", file, "--db", db, "--json"]);
    expect(first.code).toBe(0);
    expect(json(first.stdout)).toEqual({ file, bytes: statSync(file).size });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(json((await telltale(["db", "check", "--db", file, "--json"])).stdout)).toMatchObject({
      sound: true,
      alerts: 3,
    });
    const again = await telltale(["db", "backup", file, "--db", db]);
    expect(again.code).toBe(64);
    expect(again.stderr).toContain("--force");
    expect((await telltale(["db", "backup", file, "--db", db, "--force"])).code).toBe(0);
  });

  test("that is killed before it is whole leaves none under its name, and the next one is", async () => {
    const file = join(folder, "backup.db");
    const killed = await telltale(["db", "backup", file, "--db", db], { env: { TELLTALE_FAILPOINT: "backup.copied" } });
    expect(killed.code).not.toBe(0);
    expect(killed.stderr).toBe("");
    expect(existsSync(file)).toBe(false);
    // Another place, or a later visit, is not this one.
    for (const place of ["commit.done", "backup.copied=2"]) {
      const args = ["db", "backup", file, "--db", db, "--force"];
      expect((await telltale(args, { env: { TELLTALE_FAILPOINT: place } })).code).toBe(0);
    }
  });

  test("of nothing makes nothing", async () => {
    const file = join(folder, "backup.db");
    expect((await telltale(["db", "backup", file, "--db", join(folder, "none.db")])).code).toBe(66);
    expect(existsSync(file)).toBe(false);
  });
});

describe("telltale db check", () => {
  test("names the damage, and exits with 74", async () => {
    const store = openStore(db, { readOnly: true });
    const root = Number(
      store.db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'alerts_rule'").pluck().get(),
    );
    store.close();
    const bytes = readFileSync(db);
    bytes.fill(0xff, (root - 1) * 4096, root * 4096);
    writeFileSync(db, bytes);
    const { code, stdout, stderr } = await telltale(["db", "check", "--db", db, "--json"]);
    expect(code).toBe(74);
    expect(json(stdout)).toMatchObject({ sound: false, damage: expect.arrayContaining([expect.any(String)]) });
    expect(stderr).toContain("Try:   Keep the file for inspection");
  });

  test("finds totals that are not the number of alerts", async () => {
    const store = openStore(db);
    store.db.exec("UPDATE totals SET value = value + 1 WHERE kind = 'level'");
    store.close();
    const { code, stderr } = await telltale(["db", "check", "--db", db]);
    expect(code).toBe(74);
    expect(stderr).toContain("The total of critical alerts is not their number");
  });
});

describe("telltale db prune", () => {
  test("removes what is over and older than it was told, or than 400 days", async () => {
    const pruned = await telltale(["db", "prune", "--db", db, "--json"]);
    expect(json(pruned.stdout)).toMatchObject({ alerts: 1, devices: 0 });
    const rest = await telltale(["alerts", "export", "--db", db]);
    expect(rest.stdout.match(/"id":"[^"]*"/g)).toEqual(['"id":"open and old"', '"id":"over"']);
    expect(json((await telltale(["db", "prune", "--age", "1ms", "--db", db, "--json"])).stdout)).toMatchObject({
      alerts: 1,
    });
  });

  test.each([
    [["--age", "soon"], "--age: a length of time"],
    [["--size", "5"], "--size: a size such as"],
    [["--size", "0MB"], "--size: a size such as"],
  ])("says what is wrong with %j", async (args, problem) => {
    const { code, stderr } = await telltale(["db", "prune", ...args, "--db", db]);
    expect(code).toBe(64);
    expect(stderr).toContain(problem);
  });
});
