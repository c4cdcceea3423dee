/** What can be explained, and that an explanation tells what the engine does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { explainText } from "../../src/output/explain-text.ts";
import { jsonLine } from "../../src/output/json-line.ts";
import { placeInput } from "../../src/run/explain/capture-input.ts";
import { caseInput } from "../../src/run/explain/case-input.ts";
import { explain } from "../../src/run/explain/explain.ts";
import { givenLines, type Input, readPlace } from "../../src/run/explain/input.ts";
import { replay } from "../../src/run/replay.ts";
import { boot, cpuHog, linkUp, mallocFail, packetMemory, reload, restartOf } from "../support/lines.ts";
import { ruleFrom } from "../support/rule.ts";
import { NOON, RULES } from "../support/stage.ts";

const folder = mkdtempSync(join(tmpdir(), "telltale-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SIP = "rules/cisco-sa-20131106-sip/sip-process-anomaly.yaml";

const given = (lines: string[]) => givenLines(lines, { from: null, year: 2020, now: NOON });
const told = (input: Input) => explain({ input, rules: RULES, say: (text) => text.en });
function file(name: string, lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

describe("the lines of a file", () => {
  const path = file("hogs.log", [cpuHog(1240), linkUp(1241), cpuHog(1242), linkUp(1243)]);

  test("are judged with everything before them", async () => {
    const explanation = await told(await placeInput({ path, from: 3, to: 3 }, 2020, NOON));
    expect(explanation.lines.map(({ line }) => line)).toEqual([3]);
    expect(explanation.reports.map(({ verdict }) => verdict)).toEqual(["repeated-sip-signals"]);
    expect(explanation.reports[0]?.correlations[0]).toMatchObject({
      name: "repeated",
      seen: 2,
      needed: 2,
      holds: true,
    });
    const first = await told(await placeInput({ path, from: 1, to: 1 }, 2020, NOON));
    expect(first.reports.map(({ verdict }) => verdict)).toEqual(["sip-signal"]);
  });

  test("may be several", async () => {
    const explanation = await told(await placeInput({ path, from: 2, to: 4 }, 2020, NOON));
    expect(explanation.lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, "parsed"],
      [3, "parsed"],
      [4, "parsed"],
    ]);
  });

  test("are read on for a copy too, until the block of the message that came twice is whole", async () => {
    const lines = packetMemory().flatMap((line) => [line, line]);
    const path = file("twice.log", lines);
    for (const line of [2, 8]) {
      const explanation = await told(await placeInput({ path, from: line, to: line }, 2020, NOON));
      expect(explanation.lines.map(({ outcome, partOf }) => [outcome, partOf])).toEqual([["duplicate", line - 1]]);
      expect(explanation.reports.map(({ verdict, facts }) => [verdict, facts.rows])).toEqual([
        ["ipsec-pp-exhausts-pak-fsv", 2],
      ]);
      expect(explanation.missing).toEqual([]);
    }
  });

  test("are read on until the message and the block are whole", async () => {
    const block = packetMemory();
    const one = file("block.log", [...block, linkUp(1), linkUp(2)]);
    const explanation = await told(await placeInput({ path: one, from: 1, to: 1 }, 2020, NOON));
    expect(explanation.reports.map(({ verdict }) => verdict)).toEqual(["ipsec-pp-exhausts-pak-fsv"]);
    expect(explanation.notes).toContain("5 lines behind it were read too, to see the message or the block whole");
    const failure = file("failure.log", [...mallocFail(1231), linkUp(1)]);
    const head = await told(await placeInput({ path: failure, from: 1, to: 1 }, 2020, NOON));
    expect(head.reports.map(({ verdict }) => verdict)).toEqual(["sip-signal"]);
  });

  test("that are not there are told", async () => {
    await expect(told(await placeInput({ path, from: 9, to: 9 }, 2020, NOON))).rejects.toThrow(
      /has no line 9; its last is 4/,
    );
  });
});

describe("an argument", () => {
  const path = file("one.log", [cpuHog(1)]);
  test.each([
    [`${path}:1`, { path, from: 1, to: 1 }],
    [`${path}:1-3`, { path, from: 1, to: 3 }],
    ["<189>29: r1: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured from console:1", null],
    ["-Traceback= 0x1:2", null],
  ])("%s is read", (argument, place) => {
    expect(readPlace(argument)).toEqual(place);
  });

  test.each([
    ["nowhere.log:3", /there is no file nowhere.log/],
    [`${path}:0`, /lines count from 1/],
    [`${path}:3-2`, /the first before the last/],
    [`${path}:1-9999`, /more than anybody reads/],
    [path, /which line of it/],
  ])("%s is refused", (argument, problem) => {
    expect(() => readPlace(argument)).toThrow(problem);
  });
});

describe("a line of a rule's case", () => {
  const rule = RULES.find(({ id }) => id === "sip-process-anomaly")!;
  const rows = readFileSync(SIP, "utf8").split("\n");
  const at = (text: string) => rows.findIndex((row) => row.includes(text)) + 1;
  const played = (line: number) => told(caseInput({ path: SIP, from: line, to: line }, rule));

  test("is judged where its case stands, with the time that has passed", async () => {
    const second = at("<187>1241: r2:");
    const explanation = await played(second);
    expect(explanation.lines.map(({ line, raw }) => [line, raw.slice(0, 10)])).toEqual([[second, "<187>1241:"]]);
    expect(explanation.reports.map(({ verdict }) => verdict)).toEqual(["repeated-sip-signals"]);
    expect(explanation.notes[0]).toContain('case "a second signal within ten minutes raises it"');
    expect((await played(at("<187>1240: r2:"))).reports.map(({ verdict }) => verdict)).toEqual(["sip-signal"]);
  });

  test("is found in a block of lines too", async () => {
    const line = at('<186>1234:  -Process= "CCSIP_SPI_CONTROL"');
    expect((await played(line)).lines).toMatchObject([{ line, outcome: "joined", partOf: line - 3 }]);
  });

  test("that is none is told", () => {
    expect(() => caseInput({ path: SIP, from: 1, to: 1 }, rule)).toThrow(/is no log line of a case/);
  });
});

test("a step of recovery says whether there is an alert to tick it on", async () => {
  const notes = async (lines: string[]) => {
    const signals = (await told(given(lines))).lines.at(-1)!.signals;
    return signals.find(({ rule, signal }) => rule === "packet-memory-exhausted" && signal === "restart")?.notes[0];
  };
  expect(await notes([restartOf("ipsec_mp", 4900)])).toContain("no alert of this rule is open on xr1");
  expect(await notes([...packetMemory(), restartOf("ipsec_mp", 4900)])).toBe(
    "It shows the recovery step restart-ipsec_mp, which is ticked on the open alert.",
  );
});

test("the release lowers a level, and it is said why", async () => {
  const { reports } = await told(given([reload(1), ...boot("15.1(4)M8", 2), cpuHog(40)]));
  const alert = reports.find(({ rule }) => rule === "sip-process-anomaly")?.alert;
  expect(alert).toMatchObject({ level: "low", verdict: "sip-signal" });
  expect(alert?.adjustments[0]).toContain(
    "The verdict's level is medium; it is lowered to low because of the release: fixed.",
  );
});

test("each report says what it did to the alert", async () => {
  const { reports } = await told(given([cpuHog(1240), cpuHog(1241), cpuHog(1242)]));
  expect(reports.map(({ verdict }) => verdict)).toEqual(["sip-signal", "repeated-sip-signals", "repeated-sip-signals"]);
  expect(reports.map(({ alert }) => alert?.change)).toEqual([
    "opens an alert",
    "raises the alert that is open already (it was sip-signal): 2 reports so far",
    "is counted in the alert that is open already: 3 reports so far",
  ]);
});

test.each(["ipsec-flood-recovered", "sip-memory-then-restart", "two-nodes-at-once"])(
  "an explanation of %s raises what a replay raises",
  async (story) => {
    const path = `samples/${story}.log`;
    const { alerts } = await replay({ paths: [path], rules: RULES, year: null, until: null });
    const { reports } = await told(await placeInput({ path, from: 1, to: 200 }, null, Date.now()));
    const last = new Map(reports.flatMap(({ alert }) => (alert === null ? [] : [[alert.id, alert]])));
    expect(new Set(last.keys())).toEqual(new Set(alerts.map(({ id }) => id)));
    for (const { id, level, confidence, verdict, count } of alerts)
      expect(last.get(id)).toMatchObject({ level, confidence, verdict, count });
  },
);

describe("whatever a line holds", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom("\u001b[2J", "\n\nIn short\n  Critical alert", "\u202e", "\u009b31m", "\r", "\0", "=> critical"),
    fc.constantFrom(...packetMemory(), ...mallocFail(1), cpuHog(9), ...boot("15.1(4)M5")),
  );
  const lines = fc.array(
    fc.array(anything, { maxLength: 4 }).map((parts) => parts.join("")),
    { minLength: 1, maxLength: 4 },
  );

  test("the text is printable, and the line itself stands behind a bar", async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const text = explainText(await told(given(some)), { color: false, width: 80 });
        expect(text).not.toMatch(/[^\n\P{C}]|[\u2028\u2029]/u);
        expect(text.split("\n").filter((line) => line === "In short")).toHaveLength(1);
        expect(text.split("\n").filter((line) => line.startsWith("  | "))).toHaveLength(some.length);
      }),
      { numRuns: 25 },
    );
  });

  test("the JSON is one line that says the same", async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const explanation = await told(given(some));
        const line = jsonLine(explanation);
        expect(line).not.toContain("\n");
        expect(JSON.parse(line).lines.map((one: { raw: string }) => one.raw)).toEqual(
          some.map((one) => Buffer.from(one).toString("utf8")),
        );
      }),
      { numRuns: 10 },
    );
  });
});

test("signals that are found in any case, by others, or by what was taken are told as the engine matches them", async () => {
  const rule = ruleFrom(`signals:
  login: { "literal|i": login failed, text|re: 'user: (?P<user>\\w+)' }
  root: { tag: SEC_LOGIN-4-LOGIN_FAILED, text|re: 'user: (?P<who>\\w+)', where: { who: root } }
  noise: { every: true, text|contains: nothing of this }
  stranger: { condition: login and not root }
correlations:
  names: { type: value_count, signals: [stranger], timespan: 10m, condition: { gte: 2, field: user } }
reports: [stranger]
verdicts: [{ name: many, when: { names: true }, level: medium }]
`);
  const failed = (counter: number, user: string) =>
    `<188>${counter}: r9: Mar  4 12:00:0${counter}.000: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ${user}] [Source: 198.51.100.9]`;
  const explained = (lines: string[]) => explain({ input: given(lines), rules: [rule], say: (text) => text.en });
  const { lines, reports, missing } = await explained([failed(1, "noc"), failed(2, "root")]);
  const results = lines.map(({ signals }) => Object.fromEntries(signals.map((one) => [one.signal, one.result])));
  expect(results).toEqual([
    { login: "matched", root: "failed", noise: "failed", stranger: "matched" },
    { login: "matched", root: "matched", noise: "failed", stranger: "failed" },
  ]);
  expect(lines[0]?.signals[0]?.index).toBe("by the words `login failed` in the line, in any case");
  expect(lines[0]?.signals[1]?.conditions.at(-1)?.note).toBe("the who is `noc`");
  expect(lines[1]?.signals[3]?.conditions[0]?.note).toBe("the message matches login, root");
  expect(reports.map(({ outcome }) => outcome)).toEqual(["no-verdict"]);
  expect(missing[0]).toBe(
    "For many (medium, medium confidence): 1 more different user of stranger within 10m (1 of 2 so far).",
  );
  expect((await explained([failed(1, "noc"), failed(3, "ops")])).reports.at(-1)?.alert?.level).toBe("medium");
});

describe("what a rule remembers", () => {
  const RP = "xr1 RP/0/RSP0/CPU0:Mar  4 12:00:0";
  const asked = (verb: string, counter: number) =>
    `<188>${counter}: ${RP}${counter}.000 UTC: sysmgr_control[66620]: %OS-SYSMGR-4-PROC_${verb.toUpperCase()}_NAME : User noc (vty0) requested a ${verb} of process ipsec_mp at 0/RSP0/CPU0`;
  const restored = `<190>3: ${RP}3.000 UTC: cfgmgr-rp[247]: %MGBL-CONFIG-6-OIR_RESTORE : Configuration for node '0/RSP0/CPU0' has been restored.`;

  test("is told of the message that begins it, with what is waited for", async () => {
    const { summary, missing } = await told(given([asked("shutdown", 1)]));
    expect(summary[1]).toContain(
      "It is remembered: `ready-mp` or `reload` after it, about the same router and node, raises an alert, a different one once `start-mp` takes the memory back.",
    );
    expect(missing).toContain("For mitigation-lost: `ready-mp` or `reload` after it.");
  });

  test("is told of a message that means nothing without it", async () => {
    const path = file("started.log", [asked("start", 2), restored]);
    const { summary, missing } = await told(await placeInput({ path, from: 2, to: 2 }, 2020, NOON));
    expect(summary.join(" ")).toContain("nothing is: it was not seen, or its alert was closed.");
    expect(missing).toEqual(["For mitigation-lost: `shutdown-mp` or `shutdown-pp` before it."]);
    const back = file("back.log", [asked("shutdown", 1), asked("start", 2), restored]);
    const taken = await told(await placeInput({ path: back, from: 3, to: 3 }, 2020, NOON));
    expect(taken.summary[0]).toMatch(/^Low alert of mitigation-lost .* \(shutdown-was-taken-back\)\.$/);
    const kept = file("kept.log", [asked("shutdown", 1), restored]);
    const lost = await told(await placeInput({ path: kept, from: 2, to: 2 }, 2020, NOON));
    expect(lost.summary[0]).toContain("Medium alert of mitigation-lost on xr1 0/RSP0/CPU0");
    expect(lost.missing.join()).toContain("shutdown-mp, then ready-mp within 3650d (1 of 2 so far)");
    expect(lost.lines[0]!.signals.flatMap(({ notes }) => notes).join()).not.toContain("nothing is");
  });
});

test("an alert of one router of several names the alert about them all", async () => {
  const { summary } = await told(await placeInput({ path: "samples/fleet-flood.log", from: 25, to: 25 }, 2020, NOON));
  expect(summary).toEqual([
    expect.stringMatching(
      /^Critical alert .* on edge9\.lis .* Alert pj4piu\w+ is about all routers that show the same\.$/,
    ),
  ]);
});

describe("what is missing", () => {
  const asIos = (line: string) =>
    line.replace(" RP/0/RSP0/CPU0:", ": ").replace(" : ", ": ").replace("pakwatch[123]: ", "");

  test("includes what makes it another verdict, whatever else may come", async () => {
    const whole = await told(given(packetMemory().map(asIos)));
    expect(whole.reports.map(({ verdict }) => verdict)).toEqual(["other-cause"]);
    expect(whole.missing).toEqual([
      "For ipsec-pp-exhausts-pak-fsv (critical, high confidence): the dialect is ios, which makes it other-cause.",
    ]);
    const lone = await told(given([asIos(packetMemory()[0]!)]));
    expect(lone.missing[0]).toContain("the dialect is ios, which makes it other-cause; the rows of the table");
  });

  test("compares shares in percent, and asks for no other system to get a note", async () => {
    const rows: [string, number, number][] = [
      ["pkg/bin/ipsec_pp", 1, 40],
      ["pkg/bin/udp", 2, 35],
      ["pkg/bin/arp", 3, 25],
    ];
    const small = await told(given(packetMemory({ rows })));
    expect(small.missing).toEqual([
      "For ipsec-pp-exhausts-pak-fsv (critical, high confidence): its share is 40 %; the rule asks for at least 50 %.",
    ]);
    const low = await told(given(packetMemory({ level: 60 })));
    expect(low.missing).toHaveLength(2);
    expect(low.missing.join()).not.toContain("other-cause");
  });
});
