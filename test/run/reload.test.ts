/** Rules swapped in a running engine: what did not change goes on, what changed leaves its alerts behind. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Alert } from "../../src/model.ts";
import { alertJson } from "../../src/output/alert-json.ts";
import type { CompiledRule } from "../../src/rule/compiled.ts";
import { shippedRules } from "../../src/rule/files.ts";
import { loadRules } from "../../src/rule/load.ts";
import { stateVersion } from "../../src/rule/state-version.ts";
import { takeBatch } from "../../src/run/persist.ts";
import { LEFT } from "../../src/run/swap.ts";
import { boot, cpuHog, linkUp, mallocFail, packetMemory, reload, restartOf } from "../support/lines.ts";
import { HOUR, MINUTE, RULES, SECOND, Stage } from "../support/stage.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const IPSEC = "cisco-sa-iosxr-ipsec-dos-q8UPX6m";
const SIP = "cisco-sa-20131106-sip";
const FLOOD = `${IPSEC}/packet-memory-exhausted.yaml`;

/** The shipped rules after edits of their files, each `[file, from, to]`. */
function edited(...edits: [string, string | RegExp, string][]): CompiledRule[] {
  const folder = mkdtempSync(join(tmpdir(), "telltale-reload-"));
  folders.push(folder);
  for (const advisory of [IPSEC, SIP])
    cpSync(join(shippedRules(), advisory), join(folder, advisory), { recursive: true });
  for (const [file, from, to] of edits) {
    const text = readFileSync(join(folder, file), "utf8");
    if (text.replace(from, to) === text) throw new Error(`nothing to replace in ${file}: ${from}`);
    writeFileSync(join(folder, file), text.replace(from, to));
  }
  return loadRules(folder);
}

/** A rule that matches lines of the shipped ones, and more. */
function busybody(): CompiledRule {
  const folder = mkdtempSync(join(tmpdir(), "telltale-reload-"));
  folders.push(folder);
  mkdirSync(join(folder, SIP));
  cpSync(join(shippedRules(), SIP, "advisory.yaml"), join(folder, SIP, "advisory.yaml"));
  writeFileSync(
    join(folder, SIP, "busybody.yaml"),
    `id: busybody
title: Something was said
status: experimental
level: low
signals:
  memory: { tag|startswith: [PKT_INFRA-, SYS-2-], or-literal: "Process= " }
  link: { tag: LINEPROTO-5-UPDOWN, unless: { signal: memory, within: 1m } }
group-by: [device]
correlations: { busy: { type: event_count, signals: [memory, link], timespan: 10m, condition: { gte: 3 } } }
reports: [memory, link]
verdicts:
  - { name: busy, when: { busy: true }, level: medium }
  - { name: heard, when: [{ memory: true }, { link: true }] }
tests:
  - name: fires
    steps: [{ lines: "<186>1: r1: Mar  4 12:00:00.1: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed" }]
    expect: [{ verdict: heard }]
`,
  );
  return loadRules(folder)[0]!;
}

const STORIES = {
  flood: (n: number) => packetMemory({ counter: n }),
  other: (n: number) => packetMemory({ counter: n, resource: "PAK", level: 97 }),
  "restart-mp": (n: number) => [restartOf("ipsec_mp", n)],
  "restart-pp": (n: number) => [restartOf("ipsec_pp", n)],
  malloc: (n: number) => mallocFail(n, "r1"),
  hog: (n: number) => [cpuHog(n, "r1")],
  boot: (n: number) => boot("15.1(4)M5", n, "r1"),
  reload: (n: number) => [reload(n, "r1")],
  link: (n: number) => [linkUp(n, "r1")],
  repeat: (n: number) => [`<189>${n}: r1: *Nov  6 16:01:00.${n}: last message repeated 3 times`],
};
interface Moment {
  line: string;
  wait: number;
}
const day: fc.Arbitrary<Moment[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...(Object.keys(STORIES) as (keyof typeof STORIES)[])),
      pause: fc.constantFrom(1, 900, 4 * SECOND, 61 * SECOND, 16 * MINUTE, 25 * HOUR),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((stories) => {
    let counter = 100;
    return stories.flatMap(({ kind, pause }) => {
      const lines = STORIES[kind](counter);
      counter += lines.length;
      return lines.map((line, i) => ({ line, wait: i === 0 ? pause : 1 }));
    });
  });

/** Plays a day; before the line of each number given, the rules are swapped for what `next` gives. */
function play(moments: Moment[], swaps: number[], next: (nth: number) => CompiledRule[]): Alert[] {
  const stage = new Stage();
  let nth = 0;
  for (const [i, { line, wait }] of moments.entries()) {
    for (const at of swaps) if (at % moments.length === i) stage.engine.swap(next(nth++));
    stage.wait(wait).send(line);
  }
  return stage.wait(10 * SECOND).alerts();
}

describe("alerts are the same", () => {
  const again = Array.from({ length: 3 }, () => loadRules());

  test("when the same rules are loaded again, at any message", () => {
    fc.assert(
      fc.property(day, fc.array(fc.nat(200), { minLength: 1, maxLength: 4 }), (moments, swaps) => {
        const straight = play(moments, [], () => RULES).map((alert) => alertJson(alert));
        expect(play(moments, swaps, (nth) => again[nth % 3]!).map((alert) => alertJson(alert))).toEqual(straight);
      }),
      { numRuns: 120 },
    );
  }, 60_000);

  test("when a rule that has nothing to do with them comes and goes", () => {
    const more = [busybody(), ...RULES];
    fc.assert(
      fc.property(day, fc.array(fc.nat(200), { minLength: 1, maxLength: 5 }), (moments, swaps) => {
        const straight = play(moments, [], () => RULES).map((alert) => alertJson(alert));
        const swapped = play(moments, swaps, (nth) => (nth % 2 === 0 ? more : RULES));
        const others = swapped.filter((alert) => alert.rule !== "busybody");
        expect(others.map((alert) => alertJson(alert))).toEqual(straight);
      }),
      { numRuns: 120 },
    );
  }, 60_000);
});

describe("a swap", () => {
  const lines = packetMemory();

  test("in the middle of a block loses nothing when only texts changed", () => {
    const rules = edited([FLOOD, /title:\n.*\n.*\n/, "title: Reworded on {node}\n"]);
    const stage = new Stage().send(lines.slice(0, 3));
    expect(stage.engine.swap(rules)).toMatchObject({ reworded: ["packet-memory-exhausted"], changed: [], left: [] });
    stage.send(lines.slice(3)).wait(6 * SECOND);
    expect(stage.alert()).toMatchObject({ verdict: "ipsec-pp-exhausts-pak-fsv", count: 1, notes: [] });
    expect(stage.alert().title.en).toBe("Reworded on RP/0/RSP0/CPU0");
  });

  test("brings a new runbook to the alerts that are open, with the steps that were seen", () => {
    const rules = edited([
      `${IPSEC}/advisory.yaml`,
      "run: process restart ipsec_mp",
      "run: process restart ipsec_mp now",
    ]);
    const stage = new Stage().send(lines).send(restartOf("ipsec_mp", 4900));
    const before = stage.alert();
    stage.engine.swap(rules);
    const after = stage.alert();
    expect(after).toMatchObject({ id: before.id, status: "recovering", count: 1 });
    const step = after.runbook.recover.find((item) => item.id === "restart-ipsec_mp")!;
    expect(step.run).toBe("process restart ipsec_mp now");
    expect(step.done).not.toBeNull();
    stage.send(restartOf("ipsec_pp", 4901)).wait(16 * MINUTE);
    expect(stage.alert().status).toBe("resolved");
  });

  test("judges the exposure of known routers by the advisory as it is now", () => {
    const stage = new Stage()
      .send(boot("15.1(4)M5", 27))
      .send(cpuHog(40))
      .send(cpuHog(41))
      .wait(4 * SECOND);
    const before = stage.of("sip-process-anomaly")!;
    expect(before.exposure.state).toBe("vulnerable");
    const rules = edited([
      `${SIP}/advisory.yaml`,
      /^ {2}ranges:\n/m,
      '  ranges:\n    - { in: ["15.1(4)M5"], state: fixed }\n',
    ]);
    stage.engine.swap(rules);
    expect(stage.of("sip-process-anomaly")!.exposure.state).toBe("fixed");
    expect(stage.of("sip-process-anomaly")!.level).not.toBe(before.level);
    expect(stage.engine.state.devices.get("r1")!.exposures[SIP]!.state).toBe("fixed");
  });

  test("judges routers of a known release by an advisory that comes, and forgets one that goes", () => {
    const stage = new Stage({ rules: RULES.filter((rule) => rule.advisory.id !== SIP) }).send(boot("15.1(4)M5", 27));
    takeBatch(stage.wait(4 * SECOND).engine, true, {});
    const exposures = () => stage.engine.state.devices.get("r1")!.exposures;
    expect(exposures()[SIP]).toBeUndefined();
    stage.engine.swap(RULES);
    expect(exposures()[SIP]?.state).toBe("vulnerable");
    expect([...stage.engine.state.dirtyDevices]).toEqual(["r1"]);
    stage.engine.swap(RULES.filter((rule) => rule.advisory.id !== SIP));
    expect(exposures()[SIP]).toBeUndefined();
  });

  test("leaves the alert of a changed rule as it was, with a note; the next flood opens another", () => {
    const rules = edited([FLOOD, /default: 90/, "default: 95"]);
    const stage = new Stage().send(lines).wait(6 * SECOND);
    const old = stage.alert();
    const swapped = stage.engine.swap(rules);
    expect(swapped).toMatchObject({ changed: ["packet-memory-exhausted"], reworded: [] });
    expect(swapped.left.map((alert) => alert.id)).toEqual([old.id]);
    expect(stage.engine.state.groups.size).toBe(0);
    stage.send(packetMemory({ counter: 5000 })).wait(6 * SECOND);
    const [first, second] = stage.alerts();
    expect(first).toEqual({ ...old, notes: [{ at: expect.any(Number), by: "telltale", text: LEFT.changed }] });
    expect(second).toMatchObject({ rule: old.rule, status: "open", count: 1, notes: [] });
    expect(second!.id).not.toBe(old.id);
  });

  test("judges an open block of a changed rule by the rule that it began with", () => {
    const stage = new Stage().send(lines.slice(0, 4));
    stage.engine.swap(edited([FLOOD, /default: 90/, "default: 101"]));
    expect(stage.alert()).toMatchObject({ verdict: "ipsec-pp-exhausts-pak-fsv", count: 1 });
  });

  test("takes a rule away without its alerts, and leaves alone what is over", () => {
    const stage = new Stage().send(lines).send([restartOf("ipsec_mp", 4900), restartOf("ipsec_pp", 4901)]);
    stage.send(cpuHog(40)).wait(16 * MINUTE);
    const swapped = stage.engine.swap([]);
    expect(swapped.removed).toEqual(RULES.map((rule) => rule.id));
    expect(swapped.left.map((alert) => alert.rule)).toEqual(["sip-process-anomaly"]);
    expect(stage.of("packet-memory-exhausted")).toMatchObject({ status: "resolved", notes: [] });
    expect(stage.of("sip-process-anomaly")!.notes.map((note) => note.text)).toEqual([LEFT.removed]);
    expect(stage.send(lines).wait(HOUR).alerts()).toHaveLength(2);
  });

  test("does not count a repetition for a rule that did not judge the message before it", () => {
    const stage = new Stage().send(cpuHog(40)).wait(4 * SECOND);
    stage.engine.swap(edited([`${SIP}/sip-process-anomaly.yaml`, /timespan: 10m/, "timespan: 11m"]));
    stage.send("<187>41: r1: *Nov  6 16:01:00.500: last message repeated 3 times").wait(MINUTE);
    expect(stage.alerts().filter((alert) => alert.rule === "sip-process-anomaly")).toHaveLength(1);
  });
});

describe("state goes on over an edit of", () => {
  const source = readFileSync(join(shippedRules(), FLOOD), "utf8");
  const goesOn = (from: string | RegExp, to: string) => {
    expect(source.replace(from, to)).not.toBe(source);
    return stateVersion(parse(source.replace(from, to))) === stateVersion(parse(source));
  };

  test.each<[string, string | RegExp, string]>([
    ["a comment", /^/, "# new\n"],
    ["the title", /title:\n.*\n.*\n/, "title: x\n"],
    ["a case", "tests:\n", "tests:\n  - { name: more, steps: [{ after: 1s }], expect: [] }\n"],
    ["a caveat's text", "en: A row of", "en: Some row of"],
    ["the order of parts", /^(level: \w+\n)([\s\S]*)$/m, "$2$1"],
  ])("%s", (_, from, to) => expect(goesOn(from, to)).toBe(true));

  test.each<[string, string | RegExp, string]>([
    ["a threshold", "default: 90", "default: 91"],
    ["a pattern", "text|re: '^", "text|re: '^.?"],
    ["a verdict's level", "level: medium", "level: high"],
    ["the life cycle", "grace: 60s", "grace: 61s"],
  ])("%s: no", (_, from, to) => expect(goesOn(from, to)).toBe(false));
});
