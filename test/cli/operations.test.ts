/** Alerts about the routers' logging, on the command line: off in replay unless asked for, on in listen unless switched off. */
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Listening, startListener, telltale } from "../support/cli.ts";

let folder = "";
let listener: Listening | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-operations-"));
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Two routers behind a relay send every ten minutes for 30 hours; then the second is silent for 3 hours. */
function capture(): string {
  const lines: string[] = [];
  for (let i = 0; i < 200; i++) {
    const at = new Date(Date.UTC(2020, 10, 6) + i * 600_000);
    const stamp = `Nov ${String(at.getUTCDate()).padStart(2)} 2020 ${at.toISOString().slice(11, 23)}`;
    for (const host of i < 182 || i === 199 ? ["r1", "r2"] : ["r1"])
      lines.push(
        `${at.toISOString()} 192.0.2.1 <189>${i}: ${host}: ${stamp} UTC: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.10)`,
      );
  }
  const path = join(folder, "capture.log");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

describe("telltale replay", () => {
  test("observes the routers' logging when it is asked to", async () => {
    const path = capture();
    const plain = await telltale(["replay", path, "--format", "json"]);
    expect(plain.stdout).toBe("");
    const { stdout, code } = await telltale(["replay", path, "--format", "json", "--operations"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rule: "device-silent",
      advisory: "operations",
      title: "r2 has gone silent",
      level: "low",
      status: "resolved",
      device: "r2",
      firstSeen: "2020-11-07T06:10:00.000Z",
      lastSeen: "2020-11-07T07:01:12.000Z",
      exposure: { state: "unknown", release: null, reason: expect.stringContaining("not about a release") },
      details: { silence: "51 min", usual: "17 min", together: 1 },
      evidence: [],
    });
  });

  test("lets time pass to see who is silent at the end", async () => {
    const options = ["--format", "json", "--operations", "--until", "2020-11-07T18:00:00Z"];
    const { stdout } = await telltale(["replay", capture(), ...options]);
    const alerts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(alerts.map(({ device, verdict, status }) => [device, verdict, status])).toEqual([
      ["r2", "device-silent", "resolved"],
      ["r1", "nothing-heard", "open"],
    ]);
  });
});

describe("telltale listen", () => {
  /** A router whose clock jumps back by three hours between two messages. */
  async function jump(url: URL): Promise<void> {
    const socket = createSocket("udp4");
    const lines = ["12:00:00.000", "09:00:00.000"].map(
      (time, i) =>
        `<189>${i + 1}: r1: Mar  4 2020 ${time} UTC: %LINK-3-UPDOWN: Interface Gi0/${i}, changed state to up`,
    );
    for (const line of lines) await new Promise((resolve) => socket.send(line, Number(url.port), "127.0.0.1", resolve));
    socket.close();
  }

  test("observes unless it is told not to, and its runbook fits the alert", async () => {
    const db = join(folder, "telltale.db");
    listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0"]);
    expect(listener.stderr()).toMatch(/rules {8}\d+ rules of \d+ advisories, 5 for operations/);
    await jump(listener.addresses[0]!);
    const alert = await listener.line((line) => line.rule === "clock-jump");
    expect(alert).toMatchObject({
      change: "opened",
      verdict: "clock-went-back",
      details: { direction: "back", by: "3 h" },
    });
    const runbook = alert.runbook as Record<string, { id: string }[]>;
    expect(Object.values(runbook).flatMap((items) => items.map((item) => item.id))).toEqual([
      "check-clock",
      "check-ntp",
      "check-who",
      "clock-steady",
    ]);
    expect(await listener.stop()).toBe(0);
  });

  test("does not observe what its configuration switches off", async () => {
    const config = join(folder, "config.yaml");
    writeFileSync(config, "operations: { clockJumps: { enabled: false } }\nlisten: { tcp: { addresses: [] } }\n");
    const db = join(folder, "telltale.db");
    listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0", "--config", config]);
    await jump(listener.addresses[0]!);
    expect(await listener.stop()).toBe(0);
    expect(listener.stdout()).toBe("");
    const devices = await telltale(["devices", "list", "--db", db, "--json"]);
    expect(JSON.parse(devices.stdout)).toMatchObject({ name: "r1", messages: 2 });
  });

  test.each([
    ["operations: { silence: { least: soon } }\n", "1:33: operations.silence.least: a length of time"],
    ["operations: { silence: { least: 2h, most: 1h } }\n", "operations.silence.most: must not be shorter than least"],
    ["operations:\n  silences: {}\n", "2:13: operations.silences: unknown option"],
  ])("says what is wrong with %j", async (text, problem) => {
    const config = join(folder, "config.yaml");
    writeFileSync(config, text);
    const { code, stderr } = await telltale(["listen", "--config", config]);
    expect(code).toBe(78);
    expect(stderr).toContain(problem);
  });
});
