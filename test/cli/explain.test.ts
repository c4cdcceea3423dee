/** `telltale rules explain` as its user runs it. */
import { expect, test } from "vitest";
import { telltale } from "../support/cli.ts";
import { cpuHog } from "../support/lines.ts";

const explain = (args: string[], input?: string) =>
  telltale(["rules", "explain", ...args], input === undefined ? {} : { input });

test("a line is explained as text, in a pipe too", async () => {
  const { code, stdout, stderr } = await explain([cpuHog(1240)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^In short\n {2}Medium alert of sip-process-anomaly on r1, medium confidence: /);
});

test("--json gives one object", async () => {
  const { stdout } = await explain(["--json", cpuHog(1240), cpuHog(1241)]);
  const explanation = JSON.parse(stdout);
  expect(Object.keys(explanation)).toEqual(["schema", "summary", "lines", "reports", "missing", "devices", "notes"]);
  expect(explanation).toMatchObject({
    schema: 1,
    lines: [{ outcome: "parsed", signals: [{ rule: "sip-process-anomaly", signal: "sip", result: "matched" }] }, {}],
    reports: [{ verdict: "sip-signal" }, { verdict: "repeated-sip-signals", alert: { level: "high", count: 2 } }],
  });
});

test("standard input, a line of a file and a line of a rule's case are explained", async () => {
  const stdin = await explain(["-"], `${cpuHog(1240)}\r\n${cpuHog(1241)}\n`);
  expect(stdin.stdout).toContain("High alert of sip-process-anomaly on r1");
  const file = await explain(["samples/sip-memory-then-restart.log:8"]);
  expect(file.stdout).toContain("Line 8: parsed");
  const rule = "rules/cisco-sa-20131106-sip/unexplained-restart.yaml";
  const lines = (await import("node:fs")).readFileSync(rule, "utf8").split("\n");
  const at = lines.findIndex((line) => line.includes("<189>27: r1: 000029")) + 1;
  const inCase = await explain([`${rule}:${at}`]);
  expect(inCase.stdout).toContain("It does not count: a message that matches `reload`");
  expect(inCase.stdout).toContain('case "a planned reload stays quiet"');
});

test("--rule asks one rule only, and --lang takes the rule's own words", async () => {
  const other = await explain(["--rule", "sip-listener-disabled", cpuHog(1240)]);
  expect(other.stdout).toContain("No alert.\n  The 1 rule");
  const japanese = await explain(["--lang", "ja", cpuHog(1240)]);
  expect(japanese.stdout).toContain("SIP プロセスの異常");
});

test("--from takes a line for a datagram that arrives now", async () => {
  const { stdout } = await explain(["--from", "192.0.2.7", cpuHog(1240).replace("r1: ", "")]);
  expect(stdout).toContain("192.0.2.7 (the message names no router, so the address that it came from stands in)");
});

test.each([
  [["nowhere.log:3"], 66, "there is no file nowhere.log"],
  [["samples/quiet-day.log:999999"], 66, "has no line 999999"],
  [["samples/quiet-day.log"], 64, "which line of it?"],
  [["--rule", "nosuch", "x"], 66, 'no rule "nosuch"'],
  [["samples/quiet-day.log:3", "<189>1: r1: hello"], 64, "samples/quiet-day.log:3 stands beside other lines"],
  [["-"], 66, "there is no line on standard input"],
  [["--from", "banana", "x"], 64, '--from: "banana" is no address'],
  [["--from", "192.0.2.7", "-"], 64, "--from is for lines given on the command line"],
])("%s fails with a reason", async (args, code, reason) => {
  const ran = await explain(args);
  expect(ran.stderr).toContain(reason);
  expect(ran).toMatchObject({ code, stdout: "" });
});
