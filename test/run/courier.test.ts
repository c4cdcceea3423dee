/** A courier brings every entry out, in order for each device, however long its output is down. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delivery, Output } from "../../src/output/output.ts";
import { deliveryId, OutputError } from "../../src/output/output.ts";
import { backoff, LONGEST_BACKOFF } from "../../src/run/backoff.ts";
import { Courier, LEAST_ATTEMPTS, MAX_STRIKES } from "../../src/run/courier.ts";
import type { Store } from "../../src/store/open.ts";
import { openStore } from "../../src/store/open.ts";
import { dueOutbox, retryDead } from "../../src/store/outbox.ts";
import { outputTotals } from "../../src/store/outputs.ts";
import { alert, batch, freshStore, opened } from "../store/support.ts";
import { EPOCH, FakeClock, random } from "./fake-clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A receiver in this thread: what it takes is decided for each entry. */
function receiver(takes: (entry: Delivery) => Error | null) {
  const got: Delivery[] = [];
  let attempts = 0;
  const output: Output = {
    name: "x",
    async deliver(entry) {
      attempts++;
      const error = takes(entry);
      if (error !== null) throw error;
      got.push(entry);
    },
    async close() {},
  };
  return { output, got, attempts: () => attempts };
}

const down = new OutputError("no route to host", "Wait.");
const refused = new OutputError("answered 422", "Look.", { refused: true });
const totals = (store: Store) => outputTotals(store)[0]!;

function queue(store: Store, n: number, devices = 1, from = 0): void {
  const alerts = Array.from({ length: n }, (_, i) =>
    opened(alert({ id: `alert ${from + i}`, device: `edge${(from + i) % devices}` }), { at: EPOCH + from + i }),
  );
  store.commit(0, () => batch({ alerts }));
}

function courier(store: Store, output: Output, clock: FakeClock, giveUpAfter = 7 * DAY) {
  const said: string[] = [];
  const made = new Courier({
    store,
    output,
    clock,
    random: random(1),
    giveUpAfter,
    say: (kind, text) => said.push(`${kind}: ${text}`),
  });
  return { courier: made, said, running: made.run() };
}

/** Per device, the entries that came are those that were queued, in order. */
function inOrder(got: Delivery[], devices: number): boolean {
  return Array.from({ length: devices }, (_, d) => got.filter((entry) => entry.alert.device === `edge${d}`)).every(
    (own) => own.every((entry, i) => i === 0 || own[i - 1]!.at < entry.at),
  );
}

describe("an output that is down for 72 hours", () => {
  it("has all 10,000 alerts within a minute after it has taken one, in order, and is asked at most so often", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    let isDown = true;
    const { output, got, attempts } = receiver(() => (isDown ? down : null));
    queue(store, 10_000, 100);
    const { courier: one, said, running } = courier(store, output, clock);
    await clock.advance(36 * HOUR);
    one.stop();
    await running;
    // Telltale is started anew in the midst of it.
    const second = courier(store, output, clock);
    await clock.advance(36 * HOUR);
    expect(got).toEqual([]);
    expect(totals(store)).toMatchObject({ pending: 10_000, dead: 0, failed: attempts(), error: "no route to host" });
    // Full jitter up to five minutes is two and a half on average.
    expect(attempts()).toBeGreaterThan(72 * 12);
    expect(attempts()).toBeLessThan(72 * 36);
    isDown = false;
    const back = clock.mono();
    while (got.length === 0) await clock.next();
    const first = clock.mono();
    expect(first - back).toBeLessThanOrEqual(LONGEST_BACKOFF);
    while (got.length < 10_000) await clock.next();
    expect(clock.mono() - first).toBeLessThan(60_000);
    await second.courier.stop();
    await second.running;
    expect(new Set(got.map(deliveryId)).size).toBe(10_000);
    expect(got).toHaveLength(10_000);
    expect(inOrder(got, 100)).toBe(true);
    expect(totals(store)).toMatchObject({ pending: 0, dead: 0, delivered: 10_000 });
    expect(said).toEqual(["warning: The output x fails, its alerts wait: no route to host. Wait.", ...said.slice(1)]);
    expect(second.said.at(-1)).toBe("notice: The output x takes alerts again.");
  }, 120_000);

  it("keeps no other output waiting", async () => {
    const store = freshStore("x", "y");
    const clock = new FakeClock();
    const broken = receiver(() => down);
    const hung: Output = { name: "y", deliver: () => new Promise(() => {}), close: async () => {} };
    const well = { ...receiver(() => null) };
    queue(store, 5);
    const first = courier(store, broken.output, clock);
    const second = courier(store, hung, clock);
    const store2 = freshStore("x");
    queue(store2, 5);
    const third = courier(store2, well.output, clock);
    await clock.settle();
    expect(well.got).toHaveLength(5);
    await Promise.all([first, second, third].map((one) => one.courier.stop()));
  });
});

describe("an output that is configured otherwise", () => {
  it("gets at once what waited for another try, in order, and the old one is closed", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const wrong = receiver(() => down);
    let closed = 0;
    const old = { ...wrong.output, close: async () => void closed++ };
    const right = receiver(() => null);
    queue(store, 100, 3);
    const { courier: one, running } = courier(store, old, clock);
    await clock.advance(HOUR);
    one.use(right.output, 7 * DAY);
    await clock.settle();
    expect(right.got).toHaveLength(100);
    expect(inOrder(right.got, 3)).toBe(true);
    expect(closed).toBe(1);
    await one.stop();
    await running;
  });

  it("also where it fails at that moment", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const right = receiver(() => null);
    let answer = (_: Error) => {};
    const hung: Output = {
      name: "x",
      deliver: () => new Promise((_, reject) => (answer = reject)),
      close: async () => {},
    };
    queue(store, 3);
    const { courier: one, running } = courier(store, hung, clock);
    await clock.settle();
    one.use(right.output, 7 * DAY);
    await clock.settle();
    expect(right.got).toEqual([]);
    answer(down);
    await clock.settle();
    expect(right.got).toHaveLength(3);
    await one.stop();
    await running;
  });
});

describe("an entry that fails alone", () => {
  it("lets other devices by, and is dead after so many refusals", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output, got } = receiver((entry) => (entry.alert.id === "alert 0" ? refused : null));
    queue(store, 20, 4);
    const { courier: one, said, running } = courier(store, output, clock);
    await clock.settle();
    // Of its own device nothing may overtake it.
    expect(got.map((entry) => entry.alert.device)).toEqual(Array.from({ length: 15 }, (_, i) => `edge${1 + (i % 3)}`));
    await clock.advance(HOUR);
    expect(got).toHaveLength(19);
    expect(totals(store)).toMatchObject({ pending: 0, dead: 1, failed: MAX_STRIKES, delivered: 19 });
    expect(said).toEqual([expect.stringContaining("gave up an alert: answered 422")]);
    retryDead(store, null);
    one.wake();
    await clock.settle();
    expect(totals(store)).toMatchObject({ pending: 1, dead: 0 });
    await one.stop();
    await running;
  });

  it("is dead too when the output fails for it only, and not because of an outage", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output, got } = receiver((entry) => (entry.alert.id === "alert 0" ? down : null));
    queue(store, 2, 2);
    const { courier: one, running } = courier(store, output, clock);
    let n = 2;
    while (totals(store).dead === 0 && n < 200) {
      queue(store, 1, 2, ++n + (n % 2 === 0 ? 1 : 0));
      one.wake();
      await clock.advance(LONGEST_BACKOFF);
      n++;
    }
    expect(totals(store).dead).toBe(1);
    await clock.advance(HOUR);
    expect(got.every((entry) => entry.alert.id !== "alert 0")).toBe(true);
    expect(totals(store)).toMatchObject({ dead: 1, pending: 0 });
    await one.stop();
    await running;
  });

  it("is given up when it is old, but never at once because of a clock that jumps", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output, attempts } = receiver(() => down);
    queue(store, 1);
    const { courier: one, running } = courier(store, output, clock);
    await clock.settle();
    clock.jump(10 * 365 * DAY);
    while (attempts() < LEAST_ATTEMPTS - 1) await clock.next();
    expect(totals(store)).toMatchObject({ dead: 0 });
    while (attempts() < LEAST_ATTEMPTS) await clock.next();
    expect(totals(store)).toMatchObject({ dead: 1, pending: 0 });
    await one.stop();
    await running;
  });

  it("is tried on time after the clock was set back", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    let isDown = true;
    const { output, got } = receiver(() => (isDown ? down : null));
    queue(store, 1);
    const { courier: one, running } = courier(store, output, clock);
    await clock.advance(2 * HOUR);
    clock.jump(-30 * DAY);
    isDown = false;
    await clock.advance(2 * LONGEST_BACKOFF);
    expect(got).toHaveLength(1);
    await one.stop();
    await running;
  });

  it("is left alone for as long as the receiver asks", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const busy = new OutputError("answered 429", "Wait.", { retryAfter: 40 * 60_000 });
    const { output, attempts } = receiver(() => busy);
    queue(store, 3, 3);
    const { courier: one, running } = courier(store, output, clock);
    await clock.advance(39 * 60_000);
    expect(attempts()).toBe(1);
    await clock.advance(2 * 60_000);
    expect(attempts()).toBe(2);
    await one.stop();
    await running;
  });
});

describe("a courier", () => {
  it("rests until it is woken, and finishes what is due when it is to drain", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output, got } = receiver(() => null);
    const { courier: one, running } = courier(store, output, clock);
    await clock.settle();
    queue(store, 40);
    await clock.settle();
    expect(got).toEqual([]);
    one.wake();
    await clock.settle();
    expect(got).toHaveLength(40);
    queue(store, 3, 1, 40);
    one.drain();
    await running;
    expect(totals(store)).toMatchObject({ pending: 0, delivered: 43 });
  });

  it("that is to drain does not wait for an output that is down", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output } = receiver(() => down);
    queue(store, 2);
    const { courier: one, running } = courier(store, output, clock);
    await clock.settle();
    one.drain();
    await running;
    expect(totals(store)).toMatchObject({ pending: 2, dead: 0 });
  });

  it("says what went wrong in one line, whatever a receiver answers", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output } = receiver(() => new OutputError("answered 500: x\nWarning: all is well\r\n", "Look."));
    queue(store, 1);
    const { courier: one, said, running } = courier(store, output, clock);
    await clock.settle();
    await one.stop();
    await running;
    expect(said).toEqual([
      "warning: The output x fails, its alerts wait: answered 500: x Warning: all is well . Look.",
    ]);
    expect(totals(store).error).not.toContain("\n");
  });

  it("leaves a locked database alone for a while, and repeats nothing because of it", async () => {
    const store = freshStore("x");
    const clock = new FakeClock();
    const { output, got } = receiver(() => null);
    queue(store, 3);
    const other = openStore(store.path);
    other.db.exec("BEGIN IMMEDIATE");
    const { courier: one, running } = courier(store, output, clock);
    await clock.settle();
    await clock.advance(3_000);
    expect(got).toHaveLength(3);
    expect(totals(store)).toMatchObject({ pending: 3 });
    other.db.exec("COMMIT");
    other.close();
    await clock.advance(2_000);
    expect(totals(store)).toMatchObject({ pending: 0, delivered: 3 });
    expect(got).toHaveLength(3);
    await one.stop();
    await running;
  });

  it("delivers at least once, in order for each device and never before a commit, whatever happens in between", async () => {
    const step = fc.oneof(
      fc.record({ commit: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ fails: fc.array(fc.constantFrom("takes", "down", "lost reply"), { minLength: 1, maxLength: 6 }) }),
      fc.record({ advance: fc.integer({ min: 0, max: 600_000 }) }),
      fc.constant({ crash: true as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const store = freshStore("x");
        const clock = new FakeClock();
        const committed: string[] = [];
        const seen: string[] = [];
        const early: string[] = [];
        let script: string[] = [];
        const output = (): Output => ({
          name: "x",
          async deliver({ alert: { id } }) {
            if (!committed.includes(id)) early.push(id);
            const what = script.shift() ?? "takes";
            if (what !== "down") seen.push(id);
            if (what !== "takes") throw down;
          },
          async close() {},
        });
        let now = courier(store, output(), clock);
        for (const one of steps) {
          if ("commit" in one) {
            const from = committed.length;
            committed.push(...Array.from({ length: one.commit }, (_, i) => `alert ${from + i}`));
            queue(store, one.commit, 3, from);
            now.courier.wake();
          } else if ("fails" in one) script = [...one.fails];
          else if ("advance" in one) await clock.advance(one.advance);
          else {
            await now.courier.stop();
            await now.running;
            now = courier(store, output(), clock);
          }
          await clock.settle();
        }
        script = [];
        await clock.advance(2 * HOUR);
        await now.courier.stop();
        await now.running;
        expect(early).toEqual([]);
        expect(new Set(seen)).toEqual(new Set(committed));
        for (const d of [0, 1, 2]) {
          const own = committed.filter((_, i) => i % 3 === d);
          const firsts = [...new Set(seen)].filter((id) => own.includes(id));
          expect(firsts).toEqual(own);
        }
        expect(dueOutbox(store, "x", clock.now(), 10)).toEqual([]);
        store.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe("the wait after failures", () => {
  it("grows to five minutes and no further, and is never negative", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, share) => {
        const wait = backoff(failures, () => share);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(LONGEST_BACKOFF, 1_000 * 2 ** failures));
      }),
    );
    expect([0, 1, 2, 8, 9, 10_000].map((n) => backoff(n, () => 1))).toEqual([1e3, 2e3, 4e3, 256e3, 3e5, 3e5]);
  });
});
