/** One forged line in the log of a router with trouble: its alert is still there, and says what the line did to it. */
import { expect, test } from "vitest";
import { telltale } from "../support/cli.ts";
import { boot, cpuHog, packetMemory, reload, restartOf } from "../support/lines.ts";

interface Told {
  rule: string;
  level: string;
  status: string;
  count: number;
  caveats: string[];
  exposure: { state: string };
}

/** The alert of this rule after a replay of the lines. */
async function alertOf(rule: string, lines: string[]): Promise<Told> {
  const { stdout } = await telltale(["replay", "-", "--json", "--year", "2020"], { input: `${lines.join("\n")}\n` });
  const alerts = stdout
    .trim()
    .split("\n")
    .map((line): Told => JSON.parse(line));
  return alerts.find((alert) => alert.rule === rule)!;
}

const FLOOD = packetMemory({ counter: 10 });
const AGAIN = packetMemory({ counter: 30, time: "Mar  4 12:05:00.123 UTC" });
const banner = (release: string) =>
  `<189>17: xr1 RP/0/RSP0/CPU0:Mar  4 12:01:00.123 UTC: init[1]: %SYS-5-RESTART : System restarted --#012Cisco IOS XR Software, Version ${release}[Default]`;

test.each([
  ["a boot banner with a fixed release", banner("7.9.2")],
  ["a reload", reload(17, "xr1")],
  ["a restart of the process that holds the memory", restartOf("ipsec_pp", 17)],
])("packet memory is exhausted, and %s is forged: before, within or after", async (_, forged) => {
  for (const lines of [
    [forged, ...FLOOD, ...AGAIN],
    [...FLOOD.slice(0, 3), forged, ...FLOOD.slice(3), ...AGAIN],
    [...FLOOD, forged, ...AGAIN],
  ]) {
    const alert = await alertOf("packet-memory-exhausted", lines);
    // A forged stamp may part a block in two.
    expect(alert.count).toBeGreaterThanOrEqual(2);
    // One level lower at most, and then it says why.
    if (alert.level !== "critical") {
      expect(alert).toMatchObject({ level: "high", exposure: { state: "fixed" } });
      expect(alert.caveats.join()).toContain("not explained by this advisory; open a TAC case");
    }
    expect(["open", "recovering", "recurring"]).toContain(alert.status);
  }
});

test("SIP processes fail, and a fixed release is forged: the alert is lower, says why, and stays", async () => {
  const hogs = [cpuHog(1240), cpuHog(1241)];
  const plain = await alertOf("sip-process-anomaly", hogs);
  expect(plain).toMatchObject({ level: "high", count: 2 });
  const fixed = await alertOf("sip-process-anomaly", [...boot("15.1(4)M10", 1200, "r1"), ...hogs]);
  expect(fixed).toMatchObject({ level: "medium", count: 2, exposure: { state: "fixed" } });
  expect(fixed.caveats.join()).toContain("not explained by this advisory");
});

test("a router boots twice, and a reload is forged before: it explains one boot, and no other", async () => {
  const second = boot("15.1(4)M5", 60, "r1").map((line) => line.replaceAll("00:01", "00:31"));
  const alert = await alertOf("unexplained-restart", [reload(9, "r1"), ...boot("15.1(4)M5", 27, "r1"), ...second]);
  expect(alert).toMatchObject({ count: 1, status: "open" });
});
