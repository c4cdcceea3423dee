/** The incident to its end, as an operator meets it: real datagrams in, lines out, acts, and a listener that is started again. */
import { createSocket } from "node:dgram";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Listening, ROOT, startListener, telltale } from "../support/cli.ts";
import { linkUp, packetMemory, restartOf } from "../support/lines.ts";

let folder = "";
let db = "";
let listener: Listening | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-incident-"));
  db = join(folder, "telltale.db");
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

type Line = Record<string, unknown>;

async function listen(...args: string[]): Promise<Listening> {
  listener = await startListener(["--json", "--db", db, "--udp", "127.0.0.1:0", ...args]);
  return listener;
}

async function send(to: Listening, lines: string[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const line of lines)
    await new Promise((resolve) => socket.send(line, Number(to.addresses[0]!.port), "127.0.0.1", resolve));
  socket.close();
}

async function jsonLines(...args: string[]): Promise<Line[]> {
  const { stdout } = await telltale([...args, "--db", db]);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

const said = (text: string, counter: number, process = "sysmgr_control[66620]") =>
  `<188>${counter}: pe1 RP/0/RP0/CPU0:Mar  4 12:00:00.${counter} UTC: ${process}: %${text}`;
const shutdown = (process: string, counter: number) =>
  said(
    `OS-SYSMGR-4-PROC_SHUTDOWN_NAME : User noc (vty0) requested a shutdown of process ${process} at 0/RP0/CPU0`,
    counter,
  );
const restored = (counter: number) =>
  said("MGBL-CONFIG-6-OIR_RESTORE : Configuration for node '0/RP0/CPU0' has been restored.", counter, "cfgmgr-rp[247]");

describe("three routers at once", () => {
  test("are one alert more, which is listed, filtered, acknowledged and closed like every other", async () => {
    const running = await listen();
    for (const host of ["xr1", "xr2", "xr3"]) await send(running, packetMemory({ host, counter: 100 }));
    const fleet = await running.line((line) => line.device === "*");
    expect(fleet).toMatchObject({
      change: "opened",
      rule: "packet-memory-exhausted",
      verdict: "fleet-packet-memory-exhausted",
      level: "critical",
      node: null,
      address: null,
      count: 3,
      details: { devices: "xr1, xr2, xr3" },
    });
    const third = await running.line((line) => line.device === "xr3");
    expect(third.related).toEqual([fleet.id]);

    const id = String(fleet.id);
    const acked = await telltale(["alerts", "ack", id, "--db", db]);
    expect([acked.code, acked.stdout]).toEqual([0, `${id}: acknowledged; status open (*, packet-memory-exhausted)\n`]);
    const closed = await telltale(["alerts", "close", id, "--as", "confirmed", "--db", db]);
    expect(closed.stdout).toContain("status closed");
    await running.line((line) => line.device === "*" && line.status === "closed");
    expect(await running.stop()).toBe(0);

    const all = await jsonLines("alerts", "export");
    const singles = all.filter((alert) => alert.device !== "*");
    expect(singles.map((alert) => alert.related)).toEqual([[id], [id], [id]]);
    const [stored, ...none] = await jsonLines("alerts", "export", "--device", "*");
    expect(stored).toMatchObject({ id, status: "closed", disposition: "confirmed", acknowledged: expect.anything() });
    expect((stored!.related as string[]).sort()).toEqual(singles.map((alert) => alert.id).sort());
    expect(none).toEqual([]);
    const listed = await jsonLines("alerts", "list", "--json", "--device", "*");
    expect(listed).toEqual([expect.objectContaining({ id, device: "*", count: 3 })]);
    const [stats] = await jsonLines("alerts", "stats", "--json");
    expect(stats).toMatchObject({ total: 4, device: { "*": 1, xr1: 1 } });
    const [device] = await jsonLines("devices", "show", "xr1", "--json");
    expect(JSON.stringify(device)).toContain(`"alert":"${id}"`);
  }, 60_000);

  test("stay one alert over a restart, which routers that come later join", async () => {
    let running = await listen();
    for (const host of ["xr1", "xr2", "xr3"]) await send(running, packetMemory({ host, counter: 100 }));
    const { id } = await running.line((line) => line.device === "*");
    expect(await running.stop()).toBe(0);
    running = await listen();
    for (const host of ["xr4", "xr5", "xr6"]) await send(running, packetMemory({ host, counter: 100 }));
    const raised = await running.line((line) => line.device === "*" && line.change === "raised");
    expect(raised).toMatchObject({ id, count: 6, details: { devices: "xr1, xr2, xr3, xr4, xr5, xr6" } });
    expect(await running.stop()).toBe(0);
    const [device] = await jsonLines("devices", "show", "xr1", "--json");
    const story = (device!.timeline as Line[]).filter((entry) => entry.kind === "alert" && entry.alert === id);
    expect(story.map(({ change, note }) => [change, note])).toEqual([
      ["opened", "3 routers"],
      ["raised", "6 routers"],
    ]);
  }, 60_000);

  test("in files that a relay wrote for each router are found once merged, as the replay of the files says", async () => {
    const file = (host: string, minute: number) => {
      const at = (minutes: number) => new Date(Date.UTC(2020, 2, 4, 12, minutes)).toISOString();
      const lines = packetMemory({ host, counter: 100 }).map((line) => `${at(minute)} 192.0.2.1 ${line}`);
      lines.push(`${at(minute + 60)} 192.0.2.1 ${linkUp(200, host)}`);
      writeFileSync(join(folder, `${host}.log`), lines.join("\n"));
      return lines;
    };
    const merged = [file("xr1", 0), file("xr2", 4), file("xr3", 9)].flat().sort();
    writeFileSync(join(folder, "merged.log"), merged.join("\n"));
    const paths = ["xr1", "xr2", "xr3"].map((host) => join(folder, `${host}.log`));
    const apart = await telltale(["replay", ...paths, "--format", "json"]);
    expect(apart.stdout).not.toContain('"device":"*"');
    expect(apart.stderr.replace(/\s+/g, " ")).toContain("Merge such files by time first.");
    const whole = await telltale(["replay", join(folder, "merged.log"), "--format", "json"]);
    expect(whole.stdout).toContain('"devices":"xr1, xr2, xr3"');
    expect(whole.stderr).not.toContain("Merge");
  }, 60_000);

  test("are found in a capture, and the same bytes come a second time", async () => {
    const first = await telltale(["replay", "samples/fleet-flood.log", "--format", "json"]);
    const fleet = first.stdout.split("\n").find((line) => line.includes('"device":"*"'));
    expect(fleet).toContain('"devices":"edge2.par, edge4.mad, edge9.lis"');
    expect((await telltale(["replay", "samples/fleet-flood.log", "--format", "json"])).stdout).toBe(first.stdout);
    const text = await telltale(["replay", "samples/fleet-flood.log", "--format", "text", "--lang", "ja"]);
    expect(text.stdout).toContain("3 台のルータで IPsec パケットメモリが枯渇しています");
  }, 60_000);
});

describe("a recovery that stops half done", () => {
  test("is told once more, with what is left", async () => {
    const rules = join(folder, "rules");
    cpSync(join(ROOT, "rules"), rules, { recursive: true });
    const path = join(rules, "cisco-sa-iosxr-ipsec-dos-q8UPX6m/packet-memory-exhausted.yaml");
    writeFileSync(path, readFileSync(path, "utf8").replace("remind: 10m", "remind: 500ms"));
    const config = join(folder, "config.yaml");
    writeFileSync(config, `rules: ${rules}\nlisten: { tcp: { addresses: [] } }\n`);
    const running = await listen("--config", config);
    await send(running, [...packetMemory({ counter: 100 }), restartOf("ipsec_mp", 110)]);
    const reminded = await running.line((line) => line.change === "reminded");
    expect(reminded).toMatchObject({ status: "recovering", details: { stepsLeft: "restart-ipsec_pp" } });
    expect((reminded.caveats as string[])[0]).toContain("Still to do on RP/0/RSP0/CPU0: process restart ipsec_pp.");
    await send(running, [restartOf("ipsec_pp", 111)]);
    expect(await running.stop()).toBe(0);
    const [alert] = await jsonLines("alerts", "export");
    expect(alert).toMatchObject({ caveats: [], status: "recovering" });
    expect(alert!.details).not.toHaveProperty("stepsLeft");
    expect(running.stdout().match(/"change":"reminded"/g)).toHaveLength(1);
  }, 60_000);

  test("is finished by hand on an alert that was replayed", async () => {
    await telltale(["replay", "samples/fleet-flood.log", "--db", db]);
    const [alert] = await jsonLines("alerts", "list", "--json", "--device", "edge2.par");
    await telltale(["alerts", "done", String(alert!.id), "restart-ipsec_pp", "--db", db]);
    const [after] = await jsonLines("alerts", "export", "--device", "edge2.par");
    expect(after!.caveats).toEqual([]);
    expect(after!.details).not.toHaveProperty("stepsLeft");
  }, 60_000);
});

describe("a mitigation", () => {
  test("that a reload undoes is missed, although the listener was started again in between", async () => {
    let running = await listen();
    await send(running, [shutdown("ipsec_mp", 100), shutdown("ipsec_pp", 101)]);
    await told(2);
    expect(await running.stop()).toBe(0);
    expect(running.stdout()).toBe("");
    running = await listen();
    await send(running, [restored(1)]);
    const alert = await running.line((line) => line.rule === "mitigation-lost");
    expect(alert).toMatchObject({
      verdict: "reloaded-since-shutdown",
      level: "medium",
      node: "0/RP0/CPU0",
      device: "pe1",
    });
    expect((alert.evidence as Line[]).map((one) => String(one.line).includes("requested a shutdown"))).toEqual([
      true,
      true,
      false,
    ]);
    await send(running, [shutdown("ipsec_mp", 2), shutdown("ipsec_pp", 3)]);
    await running.line((line) => line.status === "recovering");
    expect(await running.stop()).toBe(0);
    const [after] = await jsonLines("alerts", "export");
    expect(JSON.stringify(after!.runbook).match(/"by":"noc"/g)).toHaveLength(2);
  }, 60_000);
});

/** Waits until a running listener has written that it received so many messages. */
async function told(messages: number): Promise<void> {
  for (;;) {
    const { stdout } = await telltale(["stats", "--json", "--db", db]);
    if (stdout !== "" && JSON.parse(stdout).received.udp === messages) return;
  }
}
