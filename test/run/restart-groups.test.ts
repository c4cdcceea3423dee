/** Counts of values and groups by what patterns take, over stops: state goes through real SQLite and back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alertJson } from "../../src/output/alert-json.ts";
import { Engine } from "../../src/run/engine.ts";
import { readDevice, restore, takeBatch } from "../../src/run/persist.ts";
import { resume } from "../../src/store/commit.ts";
import { loadDevice } from "../../src/store/devices.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { exportAlerts } from "../../src/store/queries.ts";
import { ruleFrom } from "../support/rule.ts";
import { frameOf, MINUTE, NO_YEAR, NOON, SECOND } from "../support/stage.ts";

const rules = [
  ruleFrom(`signals:
  failed: { tag: SEC_LOGIN-4-LOGIN_FAILED, text|re: '\\[user: (?P<user>[^\\]]*)\\] \\[Source: (?P<source>[^\\]]*)\\]' }
group-by: [source]
correlations:
  users: { type: value_count, signals: [failed], timespan: 2m, condition: { gte: 3, field: user } }
  few: { type: event_count, signals: [failed], timespan: 3m, condition: { eq: 2 } }
  chain: { type: event_count, signals: [users], timespan: 5m, condition: { gte: 2 } }
reports: [failed]
verdicts:
  - { name: chain, when: { chain: true }, level: high }
  - { name: users, when: { users: true } }
  - { name: few, when: { few: true }, level: low }
details: { source: source }
`),
];
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-restart-groups-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Step = { host: string; user: string; source: string; wait: number };
const step: fc.Arbitrary<Step> = fc.record({
  host: fc.constantFrom("r1", "r2"),
  user: fc.constantFrom("a", "b", "c", "d"),
  source: fc.constantFrom("192.0.2.1", "192.0.2.2"),
  wait: fc.constantFrom(SECOND, 30 * SECOND, 4 * MINUTE),
});

test("an alert list is the same however often the engine was stopped in between", () => {
  let run = 0;
  let alerts = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 4, maxLength: 30 }),
      fc.array(fc.nat(30), { maxLength: 4 }),
      (steps, stops) => {
        const straight = play(join(folder, `a${run}.db`), steps, []);
        expect(play(join(folder, `b${run++}.db`), steps, stops)).toEqual(straight);
        alerts += straight.length;
      },
    ),
    { numRuns: 30 },
  );
  expect(alerts).toBeGreaterThan(10);
}, 120_000);

function play(path: string, steps: Step[], stops: number[]): Record<string, unknown>[] {
  let store = openStore(path);
  let engine = start(store);
  let now = NOON;
  const save = () => store.commit(0, () => takeBatch(engine, true, {}));
  for (const [i, { host, user, source, wait }] of steps.entries()) {
    if (stops.includes(i)) {
      save();
      store.close();
      store = openStore(path);
      engine = start(store);
    }
    now += wait;
    const line = `<188>${i + 1}: ${host}: Mar  4 12:00:00.${100 + i}: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ${user}] [Source: ${source}]`;
    engine.accept(frameOf(line, now));
  }
  engine.tick(now + 10 * MINUTE);
  save();
  const alerts = [...exportAlerts(store)].map((alert) => alertJson(alert));
  store.close();
  return alerts;
}

function start(store: Store): Engine {
  const recall = (key: string) => {
    const stored = loadDevice(store, key);
    return stored === null ? null : readDevice(stored.facts, stored.data, store.path);
  };
  const engine = new Engine({ rules, policy: NO_YEAR, maxDevices: 2, recall });
  restore(engine, resume(store));
  return engine;
}
