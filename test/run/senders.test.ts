/** What the quick path knows of senders. */
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { DeviceState } from "../../src/detect/state.ts";
import { BatchReader, BatchWriter } from "../../src/run/batch.ts";
import { Engine } from "../../src/run/engine.ts";
import { takeBatch } from "../../src/run/persist.ts";
import { RULES } from "../support/stage.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("a router that left memory is not kept there by what is known of its sender", async () => {
  const engine = new Engine({ rules: RULES, policy: { year: null, anchor: null, latest: null }, maxDevices: 100 });
  const reader = new BatchReader();
  const hear = (router: string): WeakRef<DeviceState> => {
    const writer = new BatchWriter();
    const raw = Buffer.from(`<189>1: ${router}: *Mar  4 12:00:00.000: %LINEPROTO-5-UPDOWN: Line protocol on Gi0/1`);
    writer.add({ raw, from: "192.0.2.1", transport: "udp", at: 0, flags: [], line: 0 });
    reader.read(writer.take(), engine.quick, (frame) => engine.accept(frame));
    return new WeakRef(engine.state.devices.get(router)!);
  };
  const first = hear("r-first");
  for (let i = 0; i < 5_000; i++) hear(`r${i}`);
  takeBatch(engine, true, {});
  await wait(0);
  collectGarbage();
  expect(engine.state.devices.has("r-first")).toBe(false);
  expect(first.deref()).toBeUndefined();
});
