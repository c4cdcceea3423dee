/** What a device's history says of lost messages: plain sentences, few of them. */
import { describe, expect, test } from "vitest";
import type { DeviceEvent } from "../../src/detect/device.ts";
import { formatSpan } from "../../src/detect/span.ts";
import { linkUp } from "../support/lines.ts";
import { HOUR, MINUTE, SECOND, Stage } from "../support/stage.ts";

const line = (counter: number, text = "%SYS-5-CONFIG_I: Configured from console by console") =>
  `<189>${counter}: r1: Nov  6 16:00:00.${String(counter % 1000).padStart(3, "0")}: ${text}`;

function gaps(stage: Stage): string[] {
  return events(stage).map((event) => event.note);
}
function events(stage: Stage): DeviceEvent[] {
  return stage.engine.ledger.takeDeviceEvents().filter((event) => event.kind === "gap");
}

describe("the history of a device", () => {
  test("names what is missing between two counters, once a late datagram had time to come", () => {
    const stage = new Stage().send([line(4857), line(4861)]);
    expect(events(stage)).toEqual([]);
    const at = stage.now;
    expect(events(stage.wait(11 * SECOND).send(line(4862)))).toEqual([
      { device: "r1", at, kind: "gap", line: null, note: "3 messages missing between counters 4857 and 4861" },
    ]);
  });

  test("says nothing of a hole that was filled, of two copies, or of a number that follows", () => {
    const stage = new Stage().send([line(1), line(3), line(2), line(3), line(4)]);
    expect(gaps(stage.wait(HOUR).send(line(5)))).toEqual([]);
  });

  test("says how many are left of a hole that was filled in part", () => {
    const stage = new Stage().send([line(1), line(5), line(3)]);
    expect(gaps(stage.wait(MINUTE).send(line(6)))).toEqual(["2 messages missing between counters 1 and 5"]);
  });

  test("tells new counting, a burst of copies and a rate limit", () => {
    const stage = new Stage().send([line(900), line(1)]).send(Array.from({ length: 12 }, () => line(1)));
    stage.send(line(2, "%SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 18 packets"));
    expect(gaps(stage.wait(MINUTE).send(line(3)))).toEqual([
      "12 duplicates; the message counter began again; the router held back or lost 18 messages by itself",
    ]);
  });

  test("puts what comes in the same time into one sentence", () => {
    const stage = new Stage()
      .send([line(1), line(3)])
      .wait(11 * SECOND)
      .send(line(4));
    expect(gaps(stage)).toHaveLength(1);
    for (let counter = 10; counter <= 100; counter += 10) stage.send(linkUp(counter), { step: 30 * SECOND });
    expect(gaps(stage)).toEqual([
      "5 messages missing between counters 4 and 10",
      "36 messages missing in 4 places between counters 10 and 50, within 2 min",
    ]);
  });

  test("has room for operators beside a router that loses messages for a week", () => {
    const stage = new Stage();
    for (let n = 0; n < 7 * 24 * 60; n++) stage.send(linkUp(3 * n), { step: MINUTE });
    const notes = gaps(stage);
    expect(notes.length).toBeLessThan(25);
    expect(notes.at(-1)).toMatch(/^\d+ messages missing in \d+ places between counters \d+ and \d+, within 24 h$/);
  });
});

test("spans read as people say them", () => {
  const spans = [0, 42 * SECOND, 119 * SECOND, 5 * MINUTE, 119 * MINUTE, 200 * MINUTE, 2 * HOUR, 52 * HOUR, 72 * HOUR];
  expect(spans.map(formatSpan)).toEqual([
    "0 s",
    "42 s",
    "119 s",
    "5 min",
    "119 min",
    "3 h 20 min",
    "2 h",
    "2 d 4 h",
    "3 d",
  ]);
});
