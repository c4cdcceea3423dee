/** Stopping and starting at any message changes no alert: state goes through real SQLite and back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Operations } from "../../src/detect/observe.ts";
import type { Frame } from "../../src/model.ts";
import { alertJson } from "../../src/output/alert-json.ts";
import { loadRules } from "../../src/rule/load.ts";
import { Engine } from "../../src/run/engine.ts";
import type { EngineOptions } from "../../src/run/engine-options.ts";
import { readDevice, restore, takeBatch } from "../../src/run/persist.ts";
import { resume } from "../../src/store/commit.ts";
import { loadDevice } from "../../src/store/devices.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { exportAlerts } from "../../src/store/queries.ts";

const rules = loadRules();
const START = Date.UTC(2020, 2, 4, 12);
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-restart-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("an alert list is the same however often the engine was stopped in between", () => {
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.array(fc.nat(60), { maxLength: 4 }),
      (steps, stops) => {
        const frames = toFrames(steps);
        const straight = play(join(folder, `a${run}.db`), frames, []);
        const stopped = play(join(folder, `b${run++}.db`), frames, stops);
        expect(stopped).toEqual(straight);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

test("nor what is observed of the routers' logging", () => {
  let run = 0;
  const seen = new Set<unknown>();
  fc.assert(
    fc.property(
      fc.array(spoken, { minLength: 20, maxLength: 90 }),
      fc.array(fc.nat(90), { minLength: 1, maxLength: 4 }),
      (steps, stops) => {
        const frames = toSpoken(steps);
        // Every device is kept: which of them is given up depends on when they were last looked at.
        const options = { maxDevices: 100, operations: OPERATIONS };
        const straight = play(join(folder, `c${run}.db`), frames, [], options);
        const stopped = play(join(folder, `d${run++}.db`), frames, stops, options);
        expect(stopped).toEqual(straight);
        for (const alert of straight) seen.add(`${alert.rule} ${alert.status}`);
      },
    ),
    { numRuns: 60 },
  );
  expect(seen).toContain("device-silent resolved");
  expect(seen).toContain("device-silent recurring");
  expect(seen).toContain("clock-jump open");
}, 120_000);

const OPERATIONS: Operations = {
  silence: { factor: 2, least: 60_000, most: 86_400_000, messages: 3, time: 60_000 },
  clockJumps: 300_000,
  losses: { messages: 5, share: 0.05, factor: 2 },
  addressConflicts: true,
  ownLosses: true,
};

/** A message of one of three routers, how long after the one before, how many before it were lost, its clock's fault. */
const spoken = fc.record({
  device: fc.constantFrom("r1", "r2", "r3"),
  wait: fc.constantFrom(1, 20_000, 20_000, 20_000, 90_000, 400_000),
  lost: fc.constantFrom(0, 0, 0, 3),
  fault: fc.constantFrom(0, 0, 0, 0, 0, -7_200_000, 900_000),
});

function toSpoken(steps: { device: string; wait: number; lost: number; fault: number }[]): Frame[] {
  const counters = new Map<string, number>();
  let at = START;
  return steps.map(({ device, wait, lost, fault }) => {
    at += wait;
    const counter = (counters.get(device) ?? 100) + 1 + lost;
    counters.set(device, counter);
    const stamp = new Date(at + fault).toISOString().slice(11, 23);
    const raw = Buffer.from(`<189>${counter}: ${device}: Mar  4 ${stamp}: %SYS-5-CONFIG_I: Configured from console`);
    return { raw, from: `192.0.2.${device.slice(1)}`, transport: "udp" as const, at, flags: [], line: 0 };
  });
}

/** What may come next: a line of one of two routers, or time. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      device: fc.constantFrom("xr1", "xr2", "xr3"),
      line: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 16, 17),
      wait: fc.constantFrom(1, 40, 900),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      device: fc.constantFrom("r1", "r2"),
      line: fc.constantFrom(8, 9, 10, 11, 12, 13, 14, 15),
      wait: fc.constantFrom(1, 40, 900),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      device: fc.constant("xr1"),
      line: fc.constant(-1),
      wait: fc.constantFrom(4_000, 61_000, 960_000, 90_000_000),
    }),
  },
);

type Step = { device: string; line: number; wait: number };

const XR = "RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC: ";
const LINES = [
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV`,
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-6-USER_INFO : Top 5 users of PAK FSV:`,
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/ipsec_pp 540912 9984`,
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/udp 540892 16`,
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-6-USER_INFO2 : Only 2 users found using PAK FSV.`,
  `${XR}sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : User noc (vty0) requested a restart of process ipsec_mp at 0/RSP0/CPU0`,
  `${XR}sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : User noc (vty0) requested a restart of process ipsec_pp at 0/RSP0/CPU0`,
  `${XR}ifmgr[402]: %PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/0/0/1, changed state to Down`,
  `*Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6080A1B4, alignment 0`,
  `Pool: Processor  Free: 79840  Cause: Not enough free memory`,
  ` -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263`,
  `-Traceback= 0x61488C44 0x60015E58 0x6001BDB8`,
  `*Jan  2 00:01:01.924: %SYS-5-RESTART: System restarted --`,
  `Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)`,
  `*Nov  6 15:55:00.000: %SYS-5-RELOAD: Reload requested by admin on vty0 (192.0.2.10). Reload Reason: Reload Command.`,
  `last message repeated 3 times`,
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 97 percent for resource PAK`,
  `${XR}pakwatch[123]: %PKT_INFRA-PAKWATCH-6-USER_INFO : Top 5 users of PAK:`,
];

function toFrames(steps: Step[]): Frame[] {
  const counters = new Map<string, number>();
  let at = START;
  return steps.map(({ device, line, wait }) => {
    at += wait;
    const counter = (counters.get(device) ?? 100) + 1;
    counters.set(device, counter);
    const body =
      line < 0 ? `${XR}ifmgr[402]: %PKT_INFRA-LINK-3-UPDOWN : Interface Te0/0/0/2, changed state to Up` : LINES[line]!;
    const host = device.startsWith("xr") ? `${device} ` : /^[*.]/.test(body) ? `${device}: ` : "";
    const from = `192.0.2.${device.startsWith("xr") ? 10 : 20}${device.slice(-1)}`;
    return {
      raw: Buffer.from(`<186>${counter}: ${host}${body}`),
      from,
      transport: "udp" as const,
      at,
      flags: [],
      line: 0,
    };
  });
}

/** Judges the frames, with a new engine from the database before each frame named in `stops`; gives the stored alerts. */
function play(
  path: string,
  frames: Frame[],
  stops: number[],
  options: Partial<EngineOptions> = {},
): Record<string, unknown>[] {
  let store = openStore(path);
  let engine = start(store, options);
  for (const [i, frame] of frames.entries()) {
    if (stops.includes(i)) {
      store.commit(0, () => takeBatch(engine, true, {}));
      store.close();
      store = openStore(path);
      engine = start(store, options);
    }
    engine.accept(frame);
  }
  engine.tick(frames.at(-1)!.at! + 10_000);
  if (options.operations) engine.tick(frames.at(-1)!.at! + 3_600_000);
  store.commit(0, () => takeBatch(engine, true, {}));
  const alerts = [...exportAlerts(store)].map((alert) => alertJson(alert));
  store.close();
  return alerts;
}

function start(store: Store, options: Partial<EngineOptions>): Engine {
  const recall = (key: string) => {
    const stored = loadDevice(store, key);
    return stored === null ? null : readDevice(stored.facts, stored.data, store.path);
  };
  const policy = { year: null, anchor: null, latest: null };
  const engine = new Engine({ rules, policy, maxDevices: 3, recall, ...options });
  restore(engine, resume(store));
  return engine;
}
