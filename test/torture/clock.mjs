/** A machine's clock that is set while Telltale runs: no alert more, none less than without. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { datagrams } from "./support/lines.mjs";
import { pause, startListener, until } from "./support/listener.mjs";
import { compiledModules } from "./support/modules.mjs";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const START = Date.UTC(2026, 2, 29, 0, 30);
const LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/** By how much the clock is set, each so many minutes into two hours. */
const JUMPS = {
  "an hour back": [[20, -HOUR]],
  "an hour ahead": [[20, HOUR]],
  "ten years ahead and back": [
    [20, 10 * YEAR],
    [20.5, -10 * YEAR],
  ],
  "a second back, a hundred times": Array.from({ length: 100 }, (_, i) => [i, -SECOND]),
  "to and fro": Array.from({ length: 50 }, (_, i) => [2 * i, (i % 2 === 0 ? 1 : -1) * 50 * MINUTE]),
};

export async function run({ folder, say }) {
  const load = compiledModules(join(folder, "program"));
  const play = await stage(load);
  const expected = play([]);
  const wrong = Object.entries(JUMPS).filter(([, jumps]) => play(jumps).join("\n") !== expected.join("\n"));
  // The machine's own clock must fail, or the story sees nothing.
  const naive = Object.values(JUMPS).filter((jumps) => play(jumps, false).join("\n") !== expected.join("\n"));
  return [
    {
      promise: "a clock that jumps raises no alert and hides none",
      figure: `${Object.keys(JUMPS).length} ways to set it, ${expected.length} alerts each; ${wrong.length} differ${wrong.length > 0 ? `: ${wrong.map(([name]) => name).join(", ")}` : ""} (by the machine's own clock ${naive.length} would)`,
      ok: wrong.length === 0 && naive.length > 1 && expected.length > 20,
    },
    await withFaketime(folder, say),
  ];
}

/** Plays two hours of messages, stamped by a clock that is set; gives what the alerts say but their times. */
async function stage(load) {
  const { Engine } = await load("run/engine");
  const { loadRules } = await load("rule/load");
  const { DEFAULT_OPERATIONS } = await load("run/operations");
  const { createSteadyClock } = await load("source/steady");
  const rules = loadRules();
  return (jumps, isSteady = true) => {
    let passed = 0;
    const wall = () => START + passed + jumps.reduce((sum, [at, by]) => (at * MINUTE <= passed ? sum + by : sum), 0);
    const clock = isSteady ? createSteadyClock(wall, () => passed) : wall;
    const engine = new Engine({
      rules,
      policy: { year: null, anchor: null, latest: null },
      maxDevices: 1_000,
      operations: DEFAULT_OPERATIONS,
    });
    const alerts = new Map();
    const waiting = story();
    for (; passed < 2 * HOUR; passed += 500) {
      while (waiting.length > 0 && waiting[0].at <= passed) {
        const { line, from } = waiting.shift();
        engine.accept({ raw: Buffer.from(line), from, transport: "udp", at: clock(), flags: [], line: 0 });
      }
      engine.tick(clock());
      for (const { alert } of engine.ledger.takeAlerts()) alerts.set(alert.id, alert);
    }
    return [...alerts.values()]
      .map(({ rule, verdict, level, status, device, count }) => [rule, verdict, level, status, device, count].join(" "))
      .sort();
  };
}

/** Pairs of signals that belong together only within ten minutes: some do, some come a little too late. */
function story() {
  const lines = [];
  const hog = (device, n, at) =>
    lines.push({
      at,
      from: `192.0.2.${n}`,
      line: `<187>${1 + lines.length}: ${device}: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`,
    });
  for (let n = 0; n < 30; n++) {
    const at = n * 3 * MINUTE;
    hog(`pair${n}`, n + 1, at);
    hog(`pair${n}`, n + 1, at + 5 * MINUTE);
    hog(`apart${n}`, n + 101, at);
    hog(`apart${n}`, n + 101, at + 15 * MINUTE);
  }
  return lines.sort((a, b) => a.at - b.at);
}

/** The program itself, under a clock that really is set. */
async function withFaketime(folder, say) {
  const promise = "the running program raises the same alerts while the machine's clock is set";
  if (!existsSync(LIBRARY)) return { promise, figure: "skipped: faketime is not installed", ok: true };
  const setting = join(folder, "clock");
  writeFileSync(setting, "+0");
  const env = {
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: setting,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  const alerts = [];
  const listener = await startListener(["--db", join(folder, "t.db"), "--udp", "127.0.0.1:0"], {
    env,
    alert: (one) => alerts.push(one),
  });
  const sender = datagrams(listener.ports[0]);
  let n = 0;
  const hog = (device) =>
    sender.send(
      `<187>${++n}: ${device}: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`,
    );
  const settings = ["+0", "-1h", "+1h", "+10y", "+0", "-1", "-2", "-3"];
  for (const [i, one] of settings.entries()) {
    await hog(`jump${i}`);
    await pause(300);
    writeFileSync(setting, one);
    await pause(300);
    await hog(`jump${i}`);
    await until(
      `the two signals around ${one} belong together`,
      () => alerts.some(({ device, verdict }) => device === `jump${i}` && verdict === "repeated-sip-signals"),
      10,
    ).catch((error) => say(error.message));
  }
  listener.child.kill("SIGTERM");
  const { code } = await listener.ended;
  sender.close();
  const joined = new Set(
    alerts.filter(({ verdict }) => verdict === "repeated-sip-signals").map(({ device }) => device),
  );
  const others = alerts.filter(({ rule }) => rule !== "sip-process-anomaly");
  return {
    promise,
    figure: `${settings.length} settings, ${joined.size} pairs joined, ${others.length} alerts of other rules, exit ${code}`,
    ok: joined.size === settings.length && others.length === 0 && code === 0,
  };
}
