/** `telltale devices` as its user runs it: beside a listener, over a replay, with values that are not legal. */
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Listening, startListener, telltale } from "../support/cli.ts";
import { cpuHog } from "../support/lines.ts";

let folder = "";
let listener: Listening | null = null;
const db = () => join(folder, "telltale.db");
const set = (...args: string[]) => telltale(["devices", "set", ...args, "--db", db()]);
const shown = async (name: string, ...args: string[]) =>
  JSON.parse((await telltale(["devices", "show", name, "--json", "--db", db(), ...args])).stdout);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-devices-"));
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

async function send(url: URL, line: string): Promise<void> {
  const socket = createSocket("udp4");
  await new Promise((resolve) => socket.send(line, Number(url.port), url.hostname, resolve));
  socket.close();
}

/** The newest alert, once it is as wanted. */
async function alertWith(wanted: (alert: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  for (;;) {
    const { stdout } = await telltale(["alerts", "export", "--db", db()]);
    const alerts = stdout.split("\n").filter((line) => line !== "");
    const found = alerts.map((line) => JSON.parse(line)).find(wanted);
    if (found !== undefined) return found;
  }
}

describe("devices set", () => {
  test("is taken over by a running listener, which judges open alerts anew", async () => {
    listener = await startListener(["--udp", "127.0.0.1:0", "--db", db(), "--json"]);
    await send(listener.addresses[0]!, cpuHog(40));
    await listener.line(({ device }) => device === "r1");
    const { code, stdout } = await set("r1", "--os", "ios", "--release", "15.1(4)M8", "--address", "127.0.0.1");
    expect([code, stdout]).toEqual([0, "r1\n  addresses  127.0.0.1\n  system     ios 15.1(4)M8\n"]);
    const alert = await alertWith(({ level }) => level === "low");
    expect(alert).toMatchObject({ sourceAuth: "address", exposure: { state: "fixed", release: "15.1(4)M8" } });
    const { timeline } = await shown("r1");
    expect(timeline.map((one: Record<string, unknown>) => [one.kind, one.change ?? one.note ?? null])).toEqual([
      ["evidence", null],
      ["alert", "opened"],
      ["settings", expect.stringMatching(/^addresses 127\.0\.0\.1, os ios, release 15\.1\(4\)M8 \(/)],
      ["alert", "lowered"],
    ]);
  }, 60_000);

  test("holds for a listener that starts later, and for a replay into the same database", async () => {
    await set("r1", "--os", "ios", "--release", "15.1(4)M8", "--alias", "10.0.0.1");
    listener = await startListener(["--udp", "127.0.0.1:0", "--db", db(), "--json"]);
    await send(listener.addresses[0]!, cpuHog(40));
    expect(await listener.line(({ device }) => device === "r1")).toMatchObject({ level: "low" });
    await listener.stop();
    const { stdout } = await telltale(["replay", "-", "--db", db(), "--json"], { input: `${cpuHog(41)}\n` });
    expect(JSON.parse(stdout)).toMatchObject({ device: "r1", level: "low", exposure: { release: "15.1(4)M8" } });
    expect(await shown("10.0.0.1")).toMatchObject({ name: "r1", aliases: ["10.0.0.1"], settings: { os: "ios" } });
  }, 60_000);

  test("adds to lists, clears before it sets, and says what is set now", async () => {
    await set("edge1", "--alias", "e1", "--address", "192.0.2.7", "--smu", "cscVR75998");
    const added = await set("edge1", "--address", "2001:db8::/64", "--platform", "ASR9K-PX");
    expect(added.stdout).toBe(
      "edge1\n  aliases    e1\n  addresses  192.0.2.7, 2001:db8::/64\n  platform   asr9k-px\n  upgrades   CSCvr75998\n",
    );
    const cleared = await set("E1", "--clear", "address", "--clear", "alias,platform,smu", "--address", "192.0.2.8");
    expect(cleared.stdout).toBe("edge1\n  addresses  192.0.2.8\n");
    expect((await set("edge1", "--clear", "address")).stdout).toBe("edge1\n  nothing is set\n");
  }, 60_000);

  test("judges the exposure anew although no listener runs", async () => {
    await telltale(["replay", "samples/ipsec-flood-recovered.log", "--db", db()]);
    await set("edge1.fra", "--os", "ios-xr", "--release", "6.4.2");
    const { exposures } = await shown("edge1.fra");
    expect(exposures).toMatchObject({
      "cisco-sa-iosxr-ipsec-dos-q8UPX6m": "vulnerable",
      "cisco-sa-20131106-sip": "not-affected",
    });
  });

  test.each([
    [["edge1", "--os", "ios-xe", "--release", "6.4.2.1"], "17.9.4a"],
    [["edge1", "--os", "nx-os", "--release", "newest"], "10.3(4a)"],
    [["router", "--os", "ios"], '"router" is no name for a device'],
    [["edge1", "--alias", "two words"], '"two words" is no name for an alias'],
    [["edge1@192.0.2.7", "--os", "ios"], "is no name for a device"],
    [["edge1", "--address", "192.0.2.300"], "--address: 192.0.2.300 is no address or network"],
    [["edge1", "--address", "192.0.2.0/33"], "--address: 192.0.2.0/33 is no address or network"],
    [["edge1", "--os", "junos"], "Allowed choices are ios, ios-xe, ios-xr, nx-os."],
    [["edge1", "--os", "ios-xr", "--release", "newest"], '"newest" is no release'],
    [["edge1", "--smu", "75998"], '"75998" is no bug id'],
    [
      ["edge1", "--clear", "everything"],
      "Legal values: alias, address, certificate, os, release, platform, smu, processes.",
    ],
    [["edge1"], "there is nothing to set"],
  ])("refuses %j with what is legal", async (args, message) => {
    const { code, stderr } = await set(...args);
    expect(code).toBe(64);
    expect(stderr).toContain(message);
    expect((await telltale(["devices", "show", "edge1", "--db", db()])).code).toBe(66);
  });
});

describe("devices show", () => {
  const sample = "samples/ipsec-flood-recovered.log";

  test("tells evidence, acts and what became of the alert in the order of time", async () => {
    await telltale(["replay", sample, "--db", db(), "--json"]);
    const { timeline } = await shown("EDGE1.fra");
    const times = timeline.map(({ at }: { at: string }) => at);
    expect(times).toEqual([...times].sort());
    const changes = timeline.flatMap((one: Record<string, unknown>) => (one.kind === "alert" ? [one] : []));
    expect(changes.map(({ change, status, level }: Record<string, string>) => [change, status, level])).toEqual([
      ["opened", "open", "medium"],
      ["raised", "open", "critical"],
      ["status", "recovering", "critical"],
      ["status", "resolved", "critical"],
    ]);
    expect(timeline.filter(({ kind }: { kind: string }) => kind === "operator")).toHaveLength(4);
    const again = await telltale(["replay", sample, "--db", db(), "--json"]);
    expect(again.code).toBe(0);
    expect((await shown("edge1.fra")).timeline).toEqual(timeline);
  }, 30_000);

  test("shows a part of it by time and by number", async () => {
    await telltale(["replay", sample, "--db", db(), "--json"]);
    const { timeline } = await shown("edge1.fra");
    expect((await shown("edge1.fra", "--limit", "3")).timeline).toEqual(timeline.slice(-3));
    const late = (await shown("edge1.fra", "--since", "2020-03-09T02:30:00Z")).timeline;
    expect(late.map(({ change }: { change: string }) => change)).toEqual(["status"]);
  }, 30_000);

  test("tells of a device that is set and was never heard", async () => {
    await set("edge9", "--os", "ios-xr");
    expect(await shown("edge9")).toMatchObject({
      name: "edge9",
      settings: { os: "ios-xr" },
      timeline: [{ kind: "settings" }],
    });
  }, 30_000);
});
