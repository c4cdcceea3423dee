/** Routers come back as they went in, by any of their names, with their story. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeviceFacts, deviceKey } from "../../src/model.ts";
import { EVENTS_KEPT, listDevices, loadDevice, loadDevices } from "../../src/store/devices.ts";
import { deviceTimeline } from "../../src/store/timeline.ts";
import { alert, batch, bytes, freshStore, opened, withStore } from "./support.ts";

const facts = (parts: Partial<DeviceFacts> = {}): DeviceFacts => ({
  name: "Edge1.example.net",
  address: "192.0.2.7",
  aliases: ["EDGE1", "2001:db8::7"],
  dialect: "ios-xr",
  os: "ios-xr",
  release: "6.4.2",
  firstSeen: 1,
  lastSeen: 2,
  severities: [0, 0, 0, 1, 2, 3, 4, 0],
  messages: 10,
  lost: 1,
  duplicates: 2,
  resets: 3,
  rateLimited: 5,
  clock: "ok",
  clockBack: 4,
  ...parts,
});

describe("a device", () => {
  it("comes back with every fact", () => {
    const dialect = fc.constantFrom("ios", "ios-xe", "ios-xr", "nx-os", "asa", "other", "unknown");
    const text = fc.string({ unit: "binary", maxLength: 12 });
    const device: fc.Arbitrary<DeviceFacts> = fc.record({
      name: text,
      address: fc.option(text, { nil: null }),
      aliases: fc.array(text, { maxLength: 3 }),
      dialect,
      os: dialect,
      release: fc.option(text, { nil: null }),
      firstSeen: fc.maxSafeInteger(),
      lastSeen: fc.maxSafeInteger(),
      severities: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      messages: fc.maxSafeNat(),
      lost: fc.nat(),
      duplicates: fc.nat(),
      resets: fc.nat(),
      rateLimited: fc.nat(),
      clock: fc.constantFrom("ok", "unset", "unsynced", "uptime", "none"),
      clockBack: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(fc.record({ facts: device, data: fc.json() }), { maxLength: 6 }), (written) => {
        withStore((store) => {
          store.commit(0, () => batch({ devices: written }));
          const model = new Map(written.map((one) => [deviceKey(one.facts.name), one]));
          const loaded = loadDevices(store);
          expect(new Map(loaded.map(({ key, facts, data }) => [key, { facts, data }]))).toEqual(model);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is found by its name in any case", () => {
    const store = freshStore();
    store.commit(0, () => batch({ devices: [{ facts: facts(), data: "{}" }] }));
    for (const name of ["edge1.EXAMPLE.net", "EDGE1.example.net"]) {
      expect(loadDevice(store, name)?.facts).toEqual(facts());
    }
    expect(loadDevice(store, "edge%")).toBeNull();
  });

  it("is listed by its exposure, which stays until another is written", () => {
    const store = freshStore();
    const one = { facts: facts(), data: "{}" };
    const two = { facts: facts({ name: "core1", lastSeen: 9 }), data: "{}" };
    store.commit(0, () => batch({ devices: [{ ...one, exposures: { x1: "vulnerable", x2: "unknown" } }, two] }));
    store.commit(0, () => batch({ devices: [one] }));
    const names = (exposure?: "vulnerable" | "fixed") =>
      listDevices(store, exposure === undefined ? {} : { exposure }).map((device) => device.facts.name);
    expect(names()).toEqual(["core1", "Edge1.example.net"]);
    expect(names("vulnerable")).toEqual(["Edge1.example.net"]);
    expect(names("fixed")).toEqual([]);
    store.commit(0, () => batch({ devices: [{ ...one, exposures: { x1: "fixed" } }] }));
    expect(names("vulnerable")).toEqual([]);
    expect(names("fixed")).toEqual(["Edge1.example.net"]);
  });
});

describe("a device's timeline", () => {
  it("mixes its events with the history of its alerts and their evidence, by time", () => {
    const store = freshStore();
    const event = { device: "EDGE1.example.net", note: null, line: Uint8Array.from([0x25, 0, 0xff]) };
    store.commit(0, () =>
      batch({
        deviceEvents: [
          { ...event, at: 30, kind: "operator" },
          { ...event, at: 10, kind: "boot", line: null, note: "6.4.2" },
        ],
        alerts: [
          opened(alert(), { at: 20 }),
          opened(alert({ status: "recovering" }), { at: 40, change: "status" }),
          opened(alert({ id: "elsewhere", device: "core1" }), { at: 25 }),
        ],
      }),
    );
    const entries = deviceTimeline(store, "edge1.EXAMPLE.NET");
    expect(entries).toEqual([
      { at: 10, kind: "boot", line: null, note: "6.4.2" },
      expect.objectContaining({ at: 20, kind: "alert", change: "opened", status: "open", alert: alert().id }),
      { at: 30, kind: "operator", line: event.line, note: null },
      expect.objectContaining({ at: 40, kind: "alert", change: "status", status: "recovering" }),
      { at: alert().firstSeen, kind: "evidence", alert: alert().id, line: alert().evidence[0]!.raw },
    ]);
  });

  it("keeps the newest 200 events a device and leaves others alone", () => {
    const store = freshStore();
    const events = Array.from({ length: EVENTS_KEPT + 50 }, (_, at) => ({
      device: "Edge1",
      at,
      kind: "operator" as const,
      line: bytes(`%SYS-5-CONFIG_I: ${at}`),
      note: null,
    }));
    store.commit(0, () => batch({ deviceEvents: [{ ...events[0]!, device: "core1" }] }));
    for (let i = 0; i < events.length; i += 60) store.commit(0, () => batch({ deviceEvents: events.slice(i, i + 60) }));
    expect(deviceTimeline(store, "edge1").map(({ at }) => at)).toEqual(events.slice(-EVENTS_KEPT).map(({ at }) => at));
    expect(deviceTimeline(store, "core1")).toHaveLength(1);
  });
});
