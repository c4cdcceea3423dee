/** From the outbox to a real receiver that breaks off: every alert arrives, and says which ones are the same. */
import type { RequestListener } from "node:http";
import { afterEach, expect, it } from "vitest";
import { reachable } from "../../src/output/reachable.ts";
import { webhookOutput } from "../../src/output/webhook.ts";
import { Courier } from "../../src/run/courier.ts";
import { outputTotals } from "../../src/store/outputs.ts";
import { httpReceiver } from "../output/receivers.ts";
import { alert, batch, freshStore, opened } from "../store/support.ts";
import { EPOCH, FakeClock, random } from "./fake-clock.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

it("brings 100 alerts to a receiver that took each and died before it said so, under the name of before", async () => {
  const ids = new Map<string, number>();
  // Each request is taken whole; the first with a name gets no answer.
  const answer: RequestListener = (request, response) => {
    const id = String(request.headers["webhook-id"]);
    const times = (ids.get(id) ?? 0) + 1;
    ids.set(id, times);
    if (times === 1) request.socket.destroy();
    else response.writeHead(204).end();
  };
  const receiver = await httpReceiver(answer);
  ends.push(receiver.down);
  const store = freshStore("noc");
  const clock = new FakeClock();
  const committed = Array.from({ length: 100 }, (_, i) => `alert ${i}`);
  const alerts = committed.map((id, i) => opened(alert({ id, device: `edge${i % 7}` }), { at: EPOCH + i }));
  store.commit(0, () => batch({ alerts }));
  const output = webhookOutput({
    name: "noc",
    url: new URL(`http://127.0.0.1:${receiver.port}/`),
    secretUrl: false,
    keys: () => [],
    now: () => clock.now(),
    reachable: reachable([], ""),
    connectMillis: 5_000,
    totalMillis: 10_000,
    tls: {},
  });
  const courier = new Courier({ store, output, clock, random: random(7), giveUpAfter: 1e12, say: () => {} });
  const running = courier.run();
  while (outputTotals(store)[0]!.delivered < 100) await clock.next();
  await courier.stop();
  await running;
  expect([...ids.keys()].map((id) => id.replace(/\.opened\.\d+$/, "")).sort()).toEqual(committed.sort());
  expect([...ids.values()].every((times) => times === 2)).toBe(true);
  expect(receiver.received).toHaveLength(200);
  expect(outputTotals(store)[0]).toMatchObject({ delivered: 100, failed: 100, pending: 0, dead: 0 });
});
