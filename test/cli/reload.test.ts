/** Rule files edited while a real listener runs. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadRules } from "../../src/rule/load.ts";
import { type Listening, ROOT, startListener, telltale } from "../support/cli.ts";
import { packetMemory } from "../support/lines.ts";

let folder = "";
let rules = "";
let db = "";
let listener: Listening | null = null;
/** How the listener counts the rules of both advisories. */
let all = "";

const SIP = "cisco-sa-20131106-sip";
const IPSEC = "cisco-sa-iosxr-ipsec-dos-q8UPX6m";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-reload-"));
  rules = join(folder, "rules");
  db = join(folder, "t.db");
  for (const advisory of [SIP, IPSEC])
    cpSync(join(ROOT, "rules", advisory), join(rules, advisory), { recursive: true });
  all = `${loadRules(rules).length} rules of 2 advisories`;
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

const FLOOD = `${IPSEC}/packet-memory-exhausted.yaml`;

/** Saves as many editors do: a second file that takes the place of the first. */
function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(rules, file);
  const text = readFileSync(path, "utf8");
  const after = text.replace(from, to);
  expect(after).not.toBe(text);
  writeFileSync(`${path}.new`, after);
  renameSync(`${path}.new`, path);
}

async function send(lines: string[]): Promise<void> {
  const socket = createSocket("udp4");
  const port = Number(listener!.addresses[0]!.port);
  for (const line of lines) await new Promise((resolve) => socket.send(line, port, "127.0.0.1", resolve));
  socket.close();
}

/** Waits until the stored alert says so. */
async function exposureIs(state: string): Promise<void> {
  for (;;) {
    const { stdout } = await telltale(["alerts", "export", "--db", db]);
    if (stdout !== "" && JSON.parse(stdout).exposure.state === state) return;
  }
}

/** Waits until the listener has written that it received so many messages. */
async function counted(messages: number): Promise<void> {
  for (;;) {
    const { stdout } = await telltale(["stats", "--json", "--db", db]);
    if (stdout !== "" && JSON.parse(stdout).received.udp === messages) return;
  }
}

const listen = (...more: string[]) =>
  startListener(["--json", "--db", db, "--udp", "127.0.0.1:0", "--rules", rules, ...more]);

test("half a block, other texts, the rest: one alert, whole, under the new title", async () => {
  listener = await listen();
  const lines = packetMemory();
  await send(lines.slice(0, 3));
  await counted(3);
  edit(FLOOD, "en: IPsec packet memory exhausted", "en: Reworded");
  await listener.said(`Rules reloaded: ${all}; only texts, cases or the advisory changed: packet-memory-exhausted.`);
  await send(lines.slice(3));
  const opened = await listener.line((line) => line.change === "opened");
  expect(opened).toMatchObject({
    verdict: "ipsec-pp-exhausts-pak-fsv",
    confidence: "high",
    title: "Reworded",
    details: { rows: 2, missing: 0 },
  });
  expect(await listener.stop()).toBe(0);
  const { stdout } = await telltale(["alerts", "export", "--db", db]);
  expect(stdout.trim().split("\n")).toHaveLength(1);
}, 60_000);

test("a faulty file changes nothing until it is mended", async () => {
  listener = await listen();
  edit(FLOOD, "default: 90", "default: 90, wy: x");
  let at = await listener.said(
    `Warning: The rules cannot be reloaded; the rules as they were stay in force (${all.split(" adv")[0]}`,
  );
  at = await listener.said(`${join(rules, FLOOD)}:`, at);
  at = await listener.said("unknown field; known here: default, why", at);
  await send(packetMemory());
  const first = await listener.line((line) => line.change === "opened");
  expect(first).toMatchObject({ level: "critical" });
  edit(FLOOD, "default: 90, wy: x", "default: 95");
  at = await listener.said(`Rules reloaded: ${all}; changed: packet-memory-exhausted.`, at);
  at = await listener.said("of packet-memory-exhausted stays as it was", at);
  await send(packetMemory({ counter: 5000 }));
  await listener.line((line) => line.change === "opened" && line.id !== first.id);
  rmSync(join(rules, SIP), { recursive: true });
  await listener.said("of 1 advisory; removed: sip-listener-disabled, sip-process-anomaly", at);
  expect(await listener.stop("SIGINT")).toBe(0);
  const { stdout } = await telltale(["alerts", "export", "--db", db]);
  const alerts = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { status: string; notes: { by: string }[] });
  expect(alerts.map((alert) => [alert.status, alert.notes.map((note) => note.by)])).toEqual([
    ["open", ["telltale"]],
    ["open", []],
  ]);
}, 60_000);

test("other ranges are written into open alerts though no message comes", async () => {
  listener = await listen();
  await send(packetMemory());
  const { device } = await listener.line((line) => line.change === "opened");
  await telltale(["devices", "set", String(device), "--os", "ios-xr", "--release", "6.4.1", "--db", db]);
  await exposureIs("vulnerable");
  edit(`${IPSEC}/advisory.yaml`, /^ {2}ranges:\n/m, '  ranges:\n    - { in: ["6.4.1"], state: fixed }\n');
  await listener.said(`Rules reloaded: ${all}; only texts, cases or the advisory changed: mitigation-lost, packet-`);
  await exposureIs("fixed");
}, 20_000);

test("without watching, only a SIGHUP reloads", async () => {
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    `db: ${db}\nrules: ${rules}\nwatchRules: false\nlisten:\n  udp: { addresses: ["127.0.0.1:0"] }\n  tcp: { addresses: [] }\n`,
  );
  listener = await startListener(["--json", "--config", config]);
  listener.child.kill("SIGHUP");
  const at = await listener.said(`Rules reloaded: ${all}; nothing changed.`);
  edit(FLOOD, "default: 90", "default: 91");
  await send(packetMemory());
  await listener.line((line) => line.change === "opened");
  expect(listener.stderr().slice(at)).toBe("\n");
  listener.child.kill("SIGHUP");
  await listener.said("changed: packet-memory-exhausted", at);
  expect(await listener.stop()).toBe(0);
}, 60_000);

test("a rule that changed while nobody listened leaves a note in its open alert", async () => {
  listener = await listen();
  await send(packetMemory());
  const { id } = await listener.line((line) => line.change === "opened");
  await listener.stop();
  edit(FLOOD, "default: 90", "default: 91");
  listener = await listen();
  await listener.stop();
  const { stdout } = await telltale(["alerts", "show", String(id), "--json", "--db", db]);
  expect(JSON.parse(stdout)).toMatchObject({ status: "open", notes: [{ by: "telltale" }] });
}, 60_000);

test("a terminal that is closed stops the listener", async () => {
  const errors = join(folder, "stderr");
  const command = `exec ${process.execPath} ${join(ROOT, "dist/cli/main.js")} listen --db ${db} --udp 127.0.0.1:0 2>${errors}`;
  const script = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "ignore", "ignore"] });
  const written = async (text: string) => {
    while (!existsSync(errors) || !readFileSync(errors, "utf8").includes(text)) await telltale(["--version"]);
  };
  await written("Stop with Ctrl-C");
  script.kill("SIGKILL");
  await written("Stopped; state is saved.");
}, 60_000);
