/** What operators and captures say of devices: kept field by field, by any name, in the order of the changes. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeviceSettings, deviceKey, type SettingsPatch } from "../../src/model.ts";
import { commitBatch } from "../../src/store/commit.ts";
import { connection } from "../../src/store/connection.ts";
import {
  findDeviceSettings,
  lastSettingsSeq,
  loadDeviceSettings,
  saveDeviceSettings,
  settingsAfter,
} from "../../src/store/device-settings.ts";
import { MIGRATIONS, migrate, readMigrations } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/open.ts";
import { deviceTimeline } from "../../src/store/timeline.ts";
import { alert, batch, bytes, failure, folder, freshStore, opened, withStore } from "./support.ts";

const act = { at: 1_700_000_000_000, by: "ops" };

describe("a device's settings", () => {
  it("start empty but for what is set", () => {
    const store = freshStore();
    const saved = saveDeviceSettings(store, "Edge1.fra", { aliases: ["edge1"] }, act);
    expect(saved).toEqual({
      name: "Edge1.fra",
      aliases: ["edge1"],
      addresses: [],
      certificates: [],
      os: null,
      release: null,
      platform: null,
      smus: [],
      processes: null,
      source: "operator",
      ...act,
    });
    expect(loadDeviceSettings(store)).toEqual([saved]);
  });

  it("keep what a later change does not name", () => {
    const store = freshStore();
    saveDeviceSettings(store, "edge1.fra", { addresses: ["192.0.2.0/24"], os: "ios-xr" }, act);
    const processes = { checked: ["ipsec_mp", "ipsec_pp"], running: ["ipsec_pp"] };
    const capture: SettingsPatch = { release: "6.4.2", smus: ["CSCvr75998"], processes, source: "show-version.txt" };
    saveDeviceSettings(store, "EDGE1.FRA", capture, { at: act.at + 1, by: "ben" });
    expect(findDeviceSettings(store, "Edge1.Fra")).toEqual({
      name: "edge1.fra",
      aliases: [],
      addresses: ["192.0.2.0/24"],
      certificates: [],
      os: "ios-xr",
      platform: null,
      ...capture,
      at: act.at + 1,
      by: "ben",
    });
  });

  it("are found and changed under an alias too", () => {
    const store = freshStore();
    saveDeviceSettings(store, "edge1.fra", { aliases: ["edge1", "Edge1-Loopback"] }, act);
    expect(saveDeviceSettings(store, "EDGE1-loopback", { release: "6.4.2" }, act).name).toBe("edge1.fra");
    expect(loadDeviceSettings(store).map((one) => one.name)).toEqual(["edge1.fra"]);
    expect(findDeviceSettings(store, "edge2")).toBeNull();
  });

  it("refuse a name that would stand for two devices, and change nothing", () => {
    const store = freshStore();
    saveDeviceSettings(store, "edge1.fra", { aliases: ["edge1"] }, act);
    saveDeviceSettings(store, "edge2.fra", {}, act);
    const before = loadDeviceSettings(store);
    const errors = ["EDGE1", "Edge1.fra"].map((alias) =>
      failure(() => saveDeviceSettings(store, "edge2.fra", { aliases: [alias] }, act)),
    );
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ["USAGE", '"EDGE1" is an alias of "edge1.fra"'],
      ["USAGE", '"Edge1.fra" is a device with settings of its own'],
    ]);
    expect(errors[0]?.hint).toContain("telltale devices set edge1.fra --clear alias");
    expect(loadDeviceSettings(store)).toEqual(before);
  });

  it("keep an alias once, and never the device's own name", () => {
    const saved = saveDeviceSettings(freshStore(), "edge1", { aliases: ["e1", "E1", "EDGE1"] }, act);
    expect(saved.aliases).toEqual(["E1"]);
  });
});

describe("a running engine", () => {
  it("is handed each device once, as it was changed last, and then nothing", () => {
    const engine = freshStore();
    const cli = openStore(engine.path);
    saveDeviceSettings(cli, "edge1", { release: "6.4.2" }, act);
    saveDeviceSettings(cli, "edge2", { release: "6.4.2" }, act);
    const first = settingsAfter(engine, 0);
    expect(first.settings.map((one) => one.name)).toEqual(["edge1", "edge2"]);
    saveDeviceSettings(cli, "edge1", { release: "6.4.3" }, act);
    cli.close();
    const second = settingsAfter(engine, first.seq);
    expect(second.settings.map((one) => [one.name, one.release])).toEqual([["edge1", "6.4.3"]]);
    expect(settingsAfter(engine, second.seq)).toEqual({ seq: second.seq, settings: [] });
    expect(lastSettingsSeq(engine)).toBe(second.seq);
  });

  it("that follows the changes knows the same as one that starts now", () => {
    const names = ["a", "A", "b", "c"];
    const patch: fc.Arbitrary<SettingsPatch> = fc.record(
      {
        addresses: fc.array(fc.constantFrom("192.0.2.7", "2001:db8::/32"), { maxLength: 2 }),
        os: fc.constantFrom("ios-xr", "ios", null),
        release: fc.option(fc.string(), { nil: null }),
        smus: fc.array(fc.string(), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
    const change = fc.record({ name: fc.constantFrom(...names), patch, follow: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        withStore((store) => {
          const known = new Map<string, DeviceSettings>();
          let seq = 0;
          const follow = () => {
            const after = settingsAfter(store, seq);
            seq = after.seq;
            for (const one of after.settings) known.set(deviceKey(one.name), one);
          };
          for (const one of changes) {
            saveDeviceSettings(store, one.name, one.patch, act);
            if (one.follow) follow();
          }
          follow();
          const all = loadDeviceSettings(store);
          expect(known).toEqual(new Map(all.map((one) => [deviceKey(one.name), one])));
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe("a database from before device settings", () => {
  it("keeps its alerts and its devices' history, and takes settings and the new kinds of events", () => {
    const path = join(folder(), "telltale.db");
    const first = folder();
    cpSync(join(MIGRATIONS, "0001_init.sql"), join(first, "0001_init.sql"));
    const old = connection(new Database(path), path);
    migrate(old, readMigrations(first), 1);
    const boot = {
      device: "edge1.example.net",
      at: 5,
      kind: "boot" as const,
      line: bytes("%SYS-5-RESTART"),
      note: "b",
    };
    commitBatch(old, 0, () => batch({ tell: false, alerts: [opened(alert())], deviceEvents: [boot] }));
    old.db.close();

    const store = openStore(path);
    const conflict = { ...boot, at: 6, kind: "conflict" as const, note: "two addresses" };
    store.commit(0, () => batch({ deviceEvents: [conflict] }));
    saveDeviceSettings(store, "edge1", { aliases: ["Edge1.example.net"] }, act);
    expect(deviceTimeline(store, "edge1.example.net").map((entry) => entry.kind)).toEqual([
      "boot",
      "conflict",
      "evidence",
      "alert",
    ]);
    const events = store.db.prepare("SELECT id, note FROM device_events ORDER BY id").raw().all();
    const told = [3, "aliases Edge1.example.net (ops)"];
    expect(events).toEqual([[1, "b"], [2, "two addresses"], told]);
    expect(loadDeviceSettings(store).map((one) => one.name)).toEqual(["edge1"]);
    store.close();
  });
});
