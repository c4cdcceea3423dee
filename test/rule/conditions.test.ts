/** A signal tells its conditions, and judges by nothing else. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { indexSignals, literalIndex, matchSignals, tagIndex, tagName } from "../../src/detect/index-signals.ts";
import type { Event } from "../../src/model.ts";
import { Reading } from "../../src/rule/reading.ts";
import { compileSignals } from "../../src/rule/signal.ts";
import { boot, callRejected, cpuHog, linkUp, mallocFail, packetMemory, reload, restartOf } from "../support/lines.ts";
import { RULES, Stage } from "../support/stage.ts";

const LINES = [
  ...packetMemory(),
  ...packetMemory({ counter: 5000, level: 55, rows: [["pkg/bin/ipsec_ppx", 1, 2]] }),
  restartOf("ipsec_mp", 4900),
  ...mallocFail(6000),
  ...mallocFail(6010, "r1", null),
  cpuHog(6020),
  cpuHog(6021, "r1", "PPP SIP"),
  reload(6022),
  ...boot("15.1(4)M5"),
  callRejected(6040),
  linkUp(6041),
  "<191>77: r1: *Nov  2 11:36:47.691: sip_udp_sock_process_read: SIP UDP Listener is DISABLED",
];

function eventsOf(lines: string[]): Event[] {
  return new Stage().send(lines).wait(60_000).events;
}

test("a message matches a signal exactly when the index finds it and each condition holds", () => {
  let matched = 0;
  for (const event of [...eventsOf(LINES), ...eventsOf(readFileSync("samples/quiet-day.log", "utf8").split("\n"))]) {
    const found = matchSignals(indexSignals(RULES), event).flatMap(({ rule, signals }) =>
      signals.map(({ name, captures }) => `${rule.id} ${name} ${JSON.stringify(captures)}`),
    );
    const told = RULES.flatMap((rule) =>
      rule.signals.flatMap((signal) => {
        const byTag = event.tag === null ? null : tagIndex(signal, tagName(event.tag));
        const literal = literalIndex(signal, event.text);
        const tagged = signal.tags.length + signal.tagPrefixes.length > 0;
        const both = byTag !== null && (signal.literals.length === 0 || literal !== null);
        if (!(signal.orLiteral ? byTag !== null || literal !== null : tagged ? both : literal !== null)) return [];
        const captures: Record<string, string> = {};
        if (!signal.conditions.every((condition) => condition.test(new Reading(event), captures))) return [];
        return [`${rule.id} ${signal.name} ${JSON.stringify(captures)}`];
      }),
    );
    expect(new Set(found)).toEqual(new Set(told));
    matched += found.length;
  }
  expect(matched).toBeGreaterThan(20);
});

test("each condition says what is written and what the message has there", () => {
  const { conditions } = compileSignals({
    one: {
      tag: "SYS-5-RESTART",
      "text|contains": ["restarted", "booted"],
      dialect: ["ios"],
      "severity|lte": 5,
      "severity|gte": 2,
      untagged: true,
    },
  })[0]!;
  const [event] = eventsOf(["<189>1: r1: Nov  6 16:00:00.000: %SYS-5-RESTART: System restarted --"]);
  expect(conditions.map(({ key, wanted }) => [key, wanted])).toEqual([
    ["text|contains", ["restarted", "booted"]],
    ["dialect", ["ios"]],
    ["untagged", [true]],
    ["severity|lte", [5]],
    ["severity|gte", [2]],
  ]);
  expect(conditions.map((one) => one.read(event!))).toEqual(["System restarted --", "ios", "SYS-5-RESTART", 5, 5]);
  expect(conditions.map((one) => one.test(new Reading(event!), {}))).toEqual([true, true, false, true, true]);
});
