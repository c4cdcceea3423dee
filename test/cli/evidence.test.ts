/** The quality of evidence as an operator sees it: repetitions counted, losses told, doubts said. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { telltale } from "../support/cli.ts";
import { packetMemory } from "../support/lines.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-evidence-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Printed {
  rule: string;
  verdict: string;
  count: number;
  device: string;
  caveats: string[];
}

/** The alerts that replay prints of these lines. */
async function replayed(lines: string[], options: string[] = []): Promise<Printed[]> {
  const capture = join(folder, "capture.log");
  writeFileSync(capture, `${lines.join("\n")}\n`);
  const { stdout } = await telltale(["replay", capture, "--format", "json", "--year", "2020", ...options]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Printed);
}

const hog = (counter: number, second: number, host = "r1") =>
  `Nov  6 16:01:0${second} 192.0.2.1 <187>${counter}: ${host}: Nov  6 2020 16:01:0${second}.${counter}: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`;
const other = (counter: number, second: number, host = "r1") =>
  `Nov  6 16:01:0${second} 192.0.2.1 <189>${counter}: ${host}: Nov  6 2020 16:01:0${second}.${counter}: %SYS-5-CONFIG_I: Configured from console by console`;

describe("`last message repeated N times`", () => {
  const [depletion = "", ...table] = packetMemory({ counter: 100 });

  test.each<[string, string[], number]>([
    [
      "by IOS",
      [hog(40, 1), `Nov  6 16:01:02 192.0.2.1 <191>41: r1: Nov  6 2020 16:01:02.000: last message repeated 66 times`],
      67,
    ],
    [
      "by IOS without counters and without a name, behind a relay that adds one",
      [
        `Nov  6 16:01:01 rt401 <187>: Nov  6 2020 16:01:01.461 CET: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`,
        `Nov  6 16:01:02 rt401 <191>: Nov  6 2020 16:01:02.461 CET: last message repeated 3 times`,
      ],
      4,
    ],
    [
      "by the syslog daemon of a relay, which leaves no name but its own",
      [hog(40, 1), "Nov  6 16:01:02 192.0.2.1 last message repeated 4 times"],
      5,
    ],
    [
      "by rsyslog, which quotes the message",
      [hog(40, 1), `Nov  6 16:01:02 192.0.2.1 message repeated 12 times: [ ${hog(40, 1).replace(/^.*?</, "<")}]`],
      13,
    ],
  ])("%s adds its number to the alert of the message before it", async (_, lines, count) => {
    expect(await replayed(lines)).toMatchObject([{ rule: "sip-process-anomaly", count }]);
  });

  test("by IOS XR after a depletion line counts it, before its table and after", async () => {
    const stamped = (line: string) => `Mar  4 12:00:00 192.0.2.9 ${line}`;
    const repeat = stamped(
      "<190>150: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:01.5 UTC: syslogd[1]: last message repeated 3 times",
    );
    expect(await replayed([stamped(depletion), repeat, ...table.map(stamped)])).toMatchObject([{ count: 4 }]);
  });

  test("after a whole block speaks of the block's last line and counts no report", async () => {
    const stamped = (line: string) => `Mar  4 12:00:00 192.0.2.9 ${line}`;
    const repeat = stamped(
      "<190>150: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:01.5 UTC: syslogd[1]: last message repeated 3 times",
    );
    expect(await replayed([depletion, ...table].map(stamped).concat(repeat))).toMatchObject([{ count: 1 }]);
  });

  test("after another message of the same router speaks of that one", async () => {
    const repeat = "Nov  6 16:01:03 192.0.2.1 <191>42: r1: Nov  6 2020 16:01:03.000: last message repeated 66 times";
    expect(await replayed([hog(40, 1), other(41, 2), repeat])).toMatchObject([{ count: 1 }]);
  });

  test("after a message of another router on the same relay speaks of its own", async () => {
    const repeat = "Nov  6 16:01:03 192.0.2.1 <191>41: r1: Nov  6 2020 16:01:03.000: last message repeated 66 times";
    expect(await replayed([hog(40, 1), other(7, 2, "r2"), repeat])).toMatchObject([{ device: "r1", count: 67 }]);
  });

  test("by NX-OS, which names nobody, changes no alert of another router", async () => {
    const repeat = "Nov  6 16:01:03 192.0.2.7 <187>: 2020 Nov  6 16:01:03 UTC: last message repeated 180 times";
    expect(await replayed([hog(40, 1), repeat])).toMatchObject([{ device: "r1", count: 1 }]);
  });
});

describe("what was lost", () => {
  test("stands in the list of devices, in a device's history and on the alert that it makes doubtful", async () => {
    const db = join(folder, "telltale.db");
    const limited =
      "Nov  6 16:01:03 192.0.2.1 <190>45: r1: Nov  6 2020 16:01:03.000: %SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 18 packets";
    const late = other(48, 5).replaceAll("16:01:05", "16:02:05");
    const [alert] = await replayed([other(40, 1), other(44, 2), limited, hog(46, 4), late], ["--db", db]);
    expect(alert?.caveats.join()).toContain("held back or lost messages (18 by its own count)");
    const list = await telltale(["devices", "list", "--db", db, "--json"]);
    expect(JSON.parse(list.stdout)).toMatchObject({ name: "r1", lost: 4, rateLimited: 18, resets: 0, duplicates: 0 });
    const shown = await telltale(["devices", "show", "r1", "--db", db]);
    const text = shown.stdout;
    expect(JSON.parse(text).timeline.filter((entry: { kind: string }) => entry.kind === "gap")).toMatchObject([
      {
        at: "2020-11-06T16:01:02.000Z",
        note: "3 messages missing between counters 40 and 44; the router held back or lost 18 messages by itself",
        line: null,
      },
    ]);
  });
});
