/** What an alert says of the evidence it rests on: only what could change its judgement or the reading of its times. */
import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/model.ts";
import { collectorDropped } from "../../src/run/collector.ts";
import { linkUp, mallocFail, packetMemory } from "../support/lines.ts";
import { HOUR, MINUTE, replay, SECOND, Stage } from "../support/stage.ts";

const says = (alert: Alert) => alert.caveats.map((caveat) => caveat.en).join("\n");
const [depletion] = packetMemory();
const rateLimited = (counter: number) =>
  `<190>${counter}: xr1 RP/0/RSP0/CPU0:Mar  4 11:59:59.000 UTC: syslog[9]: %SEC-6-IPACCESSLOGRL : access-list logging rate-limited or missed 18 packets`;

describe("a router that held back messages shortly before", () => {
  const DOUBT = "held back or lost messages (18 by its own count)";

  test("makes a report without its table doubtful", () => {
    const alert = new Stage()
      .send([rateLimited(4855), depletion!])
      .wait(6 * SECOND)
      .alert();
    expect(alert).toMatchObject({ verdict: "user-not-reported", confidence: "medium" });
    expect(says(alert)).toContain(DOUBT);
    expect(alert.caveats.every((caveat) => caveat.ja !== undefined)).toBe(true);
  });

  test("is not spoken of when the table is complete, nor an hour later", () => {
    expect(says(new Stage().send([rateLimited(4855), ...packetMemory()]).alert())).not.toContain(DOUBT);
    const later = new Stage()
      .send(rateLimited(4855))
      .wait(HOUR)
      .send(depletion!)
      .wait(6 * SECOND);
    expect(says(later.alert())).not.toContain(DOUBT);
  });

  test("is counted", () => {
    const stage = new Stage().send([rateLimited(1), rateLimited(2)]);
    stage.send(
      `<187>3: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:00.000 UTC: syslog[9]: %SYS-3-MSGLOST : 5 messages lost because of queue overflow`,
    );
    expect(stage.engine.state.devices.get("xr1")!.facts.rateLimited).toBe(41);
  });
});

describe("many messages lost in the minutes before", () => {
  const lossy = (upTo: number) => Array.from({ length: 40 }, (_, i) => linkUp(Math.round((upTo * (i + 1)) / 40)));

  test("make a signal doubtful", () => {
    const alert = new Stage().send(lossy(80)).send(mallocFail(81)).alert();
    expect(says(alert)).toContain("messages of this router were lost on the way");
  });

  test("make a signal doubtful when the router has lost messages before, too", () => {
    const stage = new Stage().send([linkUp(1), linkUp(3)]).wait(2 * HOUR);
    const calm = Array.from({ length: 60 }, (_, i) => linkUp(4 + i));
    stage.send(calm, { step: 30 * SECOND }).send(lossy(80).map((_, i) => linkUp(64 + 2 * i)));
    expect(says(stage.send(mallocFail(145)).alert())).toContain("messages of this router were lost on the way");
  });

  test("are not spoken of when they are few, or long ago", () => {
    const few = new Stage().send(lossy(43)).send(mallocFail(44));
    expect(says(few.alert())).not.toContain("lost on the way");
    const long = new Stage()
      .send(lossy(80))
      .wait(2 * HOUR)
      .send(mallocFail(81));
    expect(says(long.alert())).not.toContain("lost on the way");
  });
});

describe("datagrams that this machine lost", () => {
  test("make a report doubtful that came in meanwhile, and no other", () => {
    const during = new Stage().send(depletion!);
    collectorDropped(during.engine, { kernel: 7, shed: 0 }, during.now + SECOND);
    expect(says(during.wait(6 * SECOND).alert())).toContain("This machine lost 7 datagrams");
    const before = new Stage();
    collectorDropped(before.engine, { kernel: 7, shed: 0 }, before.now);
    expect(
      says(
        before
          .wait(MINUTE)
          .send(depletion!)
          .wait(6 * SECOND)
          .alert(),
      ),
    ).not.toContain("This machine lost");
  });

  test("are one loss when they come second after second", () => {
    const stage = new Stage().send(depletion!);
    collectorDropped(stage.engine, { kernel: 7, shed: 0 }, stage.now + 900);
    stage.wait(900);
    collectorDropped(stage.engine, { kernel: 5, shed: 0 }, stage.now + 900);
    expect(says(stage.wait(6 * SECOND).alert())).toContain("This machine lost 12 datagrams");
  });
});

describe("a clock that was never set", () => {
  const hog = (mark: string) =>
    `r1: ${mark}Nov  6 2020 16:01:00.123: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`;

  test("is spoken of where the alert's times come from it", () => {
    expect(says(replay([hog("*")]).alert())).toContain("never set (its stamps begin with *)");
    expect(says(replay([hog(".")]).alert())).toContain("lost its NTP source");
    expect(says(replay([hog("")]).alert())).not.toContain("clock");
  });

  test("is not where the time of arrival counts", () => {
    expect(
      says(
        new Stage()
          .send(`<187>40: ${hog("*")}`)
          .wait(4 * SECOND)
          .alert(),
      ),
    ).not.toContain("clock");
    expect(says(replay([`2020-11-06T16:01:00Z 192.0.2.1 <187>40: ${hog("*")}`]).alert())).not.toContain("clock");
  });
});

describe("the header of a capture", () => {
  const header = (n: number) => [
    "RP/0/RSP0/CPU0:xr1#show logging",
    `Syslog logging: enabled (2 messages dropped, ${n} messages rate-limited, 0 flushes, 0 overruns, xml disabled)`,
    depletion!.replace(/^<186>4856: xr1 /, ""),
  ];

  test("makes a report doubtful when it counts messages that were limited", () => {
    const stage = replay(header(34));
    expect(says(stage.alert())).toContain("dropped or rate-limited 36 messages");
    expect(stage.engine.state.devices.get("xr1")!.facts.rateLimited).toBe(36);
  });

  test("does not when it counts none, nor another capture's", () => {
    const none = replay(header(0).map((line) => line.replace("2 messages dropped", "0 messages dropped")));
    expect(says(none.alert())).not.toContain("rate-limited");
    const stage = new Stage();
    for (const line of header(34).slice(0, 2))
      stage.engine.accept({ raw: Buffer.from(line), from: "a.log", transport: "file", at: null, flags: [], line: 0 });
    for (const line of header(0).slice(2))
      stage.engine.accept({ raw: Buffer.from(line), from: "b.log", transport: "file", at: null, flags: [], line: 0 });
    expect(says(stage.finish().alert())).not.toContain("rate-limited");
  });
});
