/** The listener as a process: real datagrams and streams in, alerts out, the same as replay says. */
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Listening, startListener, telltale } from "../support/cli.ts";

let folder = "";
let listener: Listening | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-listen-"));
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

/** A flood with its table, then both restarts, as one router sends it. */
function story(device: string): string[] {
  const node = `${device} RP/0/RSP0/CPU0:Mar  4 12:00:00.1`;
  return [
    `<186>10: ${node}01 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV`,
    `<190>11: ${node}02 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-6-USER_INFO : Top 5 users of PAK FSV:`,
    `<190>12: ${node}03 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-6-INFO_HEAD : PROCESS NAME PID COUNT`,
    `<190>13: ${node}04 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/ipsec_pp 540912 9984`,
    `<190>14: ${node}05 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/udp 540892 16`,
    `<190>15: ${node}06 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-6-USER_INFO2 : Only 2 users found using PAK FSV.`,
    `<188>16: ${node}07 UTC: sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : User noc (vty0) requested a restart of process ipsec_mp at 0/RSP0/CPU0`,
    `<188>17: ${node}08 UTC: sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : User noc (vty0) requested a restart of process ipsec_pp at 0/RSP0/CPU0`,
  ];
}

async function sendDatagrams(url: URL, lines: string[]): Promise<void> {
  const host = url.hostname.replace(/[[\]]/g, "");
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  for (const line of lines) await new Promise((resolve) => socket.send(line, Number(url.port), host, resolve));
  socket.close();
}

async function sendStream(url: URL, bytes: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname.replace(/[[\]]/g, ""), () => socket.end(bytes));
    socket.once("close", () => resolve());
    socket.once("error", reject);
  });
}

/** Waits until a running listener has written that it received so many messages by UDP. */
async function counted(db: string, messages: number): Promise<void> {
  for (;;) {
    const { stdout } = await telltale(["stats", "--json", "--db", db]);
    if (stdout !== "" && JSON.parse(stdout).received.udp === messages) return;
  }
}

/** What may differ between live and replay goes. */
function sameness(alert: Record<string, unknown>): string {
  const { id, address, sourceAuth, firstSeen, lastSeen, related, ...rest } = alert;
  const timeless = JSON.stringify(rest, (key, value) => (key === "at" || key === "quietSince" ? "then" : value));
  return timeless.replace(/"change":"\w+",/, "");
}

/** The alerts of JSON lines without the fleet's: so many routers at once are one, which says whose clocks it went by. */
function ofRouters(lines: string): Record<string, unknown>[] {
  const alerts = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return alerts.filter((alert) => alert.device !== "*");
}

const TRANSPORTS: [string, number, (url: URL, lines: string[]) => Promise<void>][] = [
  ["udp4", 0, sendDatagrams],
  ["udp6", 1, sendDatagrams],
  ["tcp-lf", 2, (url, lines) => sendStream(url, lines.map((line) => `${line}\n`).join(""))],
  ["tcp-crlf", 2, (url, lines) => sendStream(url, lines.map((line) => `${line}\r\n`).join(""))],
  ["tcp-nul", 2, (url, lines) => sendStream(url, lines.map((line) => `${line}\0`).join(""))],
  [
    "tcp-octets",
    2,
    (url, lines) => sendStream(url, lines.map((line) => `${Buffer.byteLength(line)} ${line}`).join("")),
  ],
  ["tcp-lf-space", 2, (url, lines) => sendStream(url, lines.map((line) => `${line}\n `).join(""))],
  ["tcp6-lf", 3, (url, lines) => sendStream(url, lines.map((line) => `${line}\n`).join(""))],
];

describe("telltale listen", () => {
  test("raises over every transport and framing the alert that replay raises of the same lines", async () => {
    const db = join(folder, "telltale.db");
    listener = await startListener([
      "--json",
      "--db",
      db,
      "--udp",
      "127.0.0.1:0",
      "--udp",
      "[::1]:0",
      "--tcp",
      "127.0.0.1:0",
      "--tcp",
      "[::1]:0",
    ]);
    for (const [name, index, send] of TRANSPORTS) await send(listener.addresses[index]!, story(`xr-${name}`));
    const seen: Record<string, unknown>[] = [];
    for (const [name] of TRANSPORTS)
      seen.push(await listener.line((line) => line.device === `xr-${name}` && line.status === "recovering"));
    expect(await listener.stop()).toBe(0);

    const capture = join(folder, "capture.log");
    writeFileSync(capture, TRANSPORTS.flatMap(([name]) => story(`xr-${name}`)).join("\n"));
    const replayed = await telltale(["replay", capture, "--format", "json"]);
    const expected = ofRouters(replayed.stdout);
    expect(expected).toHaveLength(TRANSPORTS.length);
    for (const one of expected) {
      expect(one).toMatchObject({ level: "critical", confidence: "high", status: "recovering", count: 1 });
    }
    const exported = await telltale(["alerts", "export", "--db", db]);
    const stored = ofRouters(exported.stdout);
    expect(stored.map(sameness).sort()).toEqual(expected.map(sameness).sort());

    const id = String(seen[0]!.id);
    const shown = await telltale(["alerts", "show", id, "--db", db]);
    expect(shown.stdout.indexOf("process restart ipsec_mp")).toBeGreaterThan(0);
    expect(shown.stdout.indexOf("process restart ipsec_pp")).toBeGreaterThan(
      shown.stdout.indexOf("process restart ipsec_mp"),
    );

    const stats = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
    expect(stats.received).toEqual({ udp: 16, tcp: 48, tls: 0, file: 0 });
    expect(Object.values(stats.outcomes as Record<string, number>).reduce((a, b) => a + b, 0)).toBe(64);
  }, 60_000);

  test("takes the unseparated stream of classic IOS apart, also across a SIP memory failure", async () => {
    listener = await startListener(["--json", "--db", join(folder, "t.db"), "--tcp", "127.0.0.1:0"]);
    await sendStream(
      listener.addresses[0]!,
      [
        "<187>1240: r1: *Nov  6 16:01:00.000: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.",
        "<187>1241: r1: *Nov  6 16:01:20.000: %SYS-3-CPUHOG: Task is running for (2100)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.",
      ].join(""),
    );
    const alert = await listener.line((line) => line.level === "high");
    expect(alert).toMatchObject({
      rule: "sip-process-anomaly",
      device: "r1",
      verdict: "repeated-sip-signals",
      count: 2,
    });
    expect(await listener.stop("SIGINT")).toBe(0);
  }, 60_000);

  test("goes on after a stop in the middle of a block, and hears what an operator did meanwhile", async () => {
    const db = join(folder, "t.db");
    const lines = story("xr1");
    listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0"]);
    await sendDatagrams(listener.addresses[0]!, lines.slice(0, 4));
    await counted(db, 4);
    await listener.stop();
    listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0"]);
    await sendDatagrams(listener.addresses[0]!, lines.slice(4, 6));
    const opened = await listener.line((line) => line.change === "opened");
    expect(opened).toMatchObject({ verdict: "ipsec-pp-exhausts-pak-fsv", device: "xr1" });
    const closed = await telltale([
      "alerts",
      "close",
      String(opened.id),
      "--as",
      "false-alarm",
      "--note",
      "drill",
      "--db",
      db,
    ]);
    expect(closed.code).toBe(0);
    await listener.line((line) => line.status === "closed");
    await listener.stop();
    const shown = JSON.parse((await telltale(["alerts", "show", String(opened.id), "--json", "--db", db])).stdout);
    expect(shown).toMatchObject({ status: "closed", disposition: "false-alarm", notes: [{ text: "drill" }] });
  }, 60_000);

  test("says which port is busy, and exits with 69", async () => {
    listener = await startListener(["--json", "--db", join(folder, "a.db"), "--udp", "127.0.0.1:0"]);
    const { port } = listener.addresses[0]!;
    const second = await telltale(["listen", "--db", join(folder, "b.db"), "--udp", `127.0.0.1:${port}`]);
    expect(second.code).toBe(69);
    expect(second.stderr).toContain(`127.0.0.1:${port}`);
    expect(second.stderr).toContain("Try:");
  }, 60_000);

  test("refuses a second listener on one database, with 75", async () => {
    const db = join(folder, "a.db");
    listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0"]);
    const second = await telltale(["listen", "--db", db, "--udp", "127.0.0.1:0"]);
    expect(second.code).toBe(75);
  }, 60_000);

  test.skipIf(platform() !== "linux")(
    "accounts for every datagram of a flood: judged, shed, or dropped by the kernel",
    async () => {
      const db = join(folder, "flood.db");
      listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0"]);
      const { hostname, port } = listener.addresses[0]!;
      const socket = createSocket("udp4");
      const sent = 40_000;
      for (let i = 0; i < sent; i += 500) {
        const some = Array.from(
          { length: 500 },
          (_, n) => `<189>${i + n}: r${n % 7}: *Mar  4 12:00:00.000: %FOO-5-BAR: x`,
        );
        await Promise.all(some.map((line) => new Promise((done) => socket.send(line, Number(port), hostname, done))));
      }
      socket.close();
      expect(await listener.stop()).toBe(0);
      const stats = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
      expect(stats.received.udp + stats.kernelDrops).toBe(sent);
      expect(Object.values(stats.outcomes as Record<string, number>).reduce((a, b) => a + b, 0)).toBe(
        stats.received.udp,
      );
    },
    60_000,
  );

  test("hears through the syslog-server package when that driver is chosen", async () => {
    const config = join(folder, "config.yaml");
    writeFileSync(
      config,
      `db: ${join(folder, "s.db")}\nlisten:\n  udp: { addresses: ["127.0.0.1:0"], driver: syslog-server }\n  tcp: { addresses: [] }\n`,
    );
    listener = await startListener(["--json", "--config", config]);
    await sendDatagrams(listener.addresses[0]!, story("xr1"));
    expect(await listener.line((line) => line.change === "opened")).toMatchObject({
      device: "xr1",
      level: "critical",
    });
    expect(await listener.stop()).toBe(0);
  }, 60_000);

  test("counts as denied what comes from an address that is not allowed", async () => {
    const config = join(folder, "config.yaml");
    const db = join(folder, "s.db");
    writeFileSync(
      config,
      `db: ${db}\nlisten:\n  allow: ["192.0.2.0/24"]\n  udp: { addresses: ["127.0.0.1:0"] }\n  tcp: { addresses: [] }\n`,
    );
    listener = await startListener(["--json", "--config", config]);
    await sendDatagrams(listener.addresses[0]!, story("xr1"));
    await counted(db, 8);
    await listener.stop();
    const stats = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
    expect(stats.outcomes.denied).toBe(8);
    expect(stats.received.udp).toBe(8);
  }, 60_000);
});
