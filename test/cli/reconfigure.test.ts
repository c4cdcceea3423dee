/** A configuration edited while a real listener runs. */
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Listening, startListener, telltale } from "../support/cli.ts";
import { packetMemory } from "../support/lines.ts";

let folder = "";
let config = "";
let listener: Listening | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-reconfigure-"));
  config = join(folder, "config.yaml");
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

const LISTEN = `udp: { addresses: ["127.0.0.1:0"] }, tcp: { addresses: ["127.0.0.1:0"] }`;

/** Saves as an editor does, in one step. */
function save(...parts: string[]): void {
  writeFileSync(`${config}.new`, [`db: ${join(folder, "t.db")}`, "watchRules: false", ...parts].join("\n"));
  renameSync(`${config}.new`, config);
}

const start = async () => {
  listener = await startListener(["--json", "--config", config]);
  return listener;
};

async function hangUp(expected: string, from = 0): Promise<number> {
  listener!.child.kill("SIGHUP");
  return listener!.said(expected, from);
}

async function send(lines: string[]): Promise<void> {
  const socket = createSocket("udp4");
  const port = Number(listener!.addresses[0]!.port);
  for (const line of lines) await new Promise((resolve) => socket.send(line, port, "127.0.0.1", resolve));
  socket.close();
}

const told = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
const stats = async () => JSON.parse((await telltale(["stats", "--json", "--db", join(folder, "t.db")])).stdout);

test("a new output is told of the next alert, one that is gone of none, and a changed one by its new route", async () => {
  const [first, second] = [join(folder, "first.jsonl"), join(folder, "second.jsonl")];
  save(`listen: { ${LISTEN} }`, `outputs: { first: { type: file, path: ${first} } }`);
  const { said, line } = await start();
  await send(packetMemory({ host: "xr1" }));
  await line(({ device }) => device === "xr1");
  save(
    `listen: { ${LISTEN} }`,
    `outputs: { first: { type: file, path: ${first}, rules: [none] }, second: { type: file, path: ${second} } }`,
  );
  let at = await hangUp(`Configuration reloaded from ${config}; changed: outputs.first, outputs.second.`);
  at = await said("Rules reloaded: ", at);
  await send(packetMemory({ host: "xr2" }));
  await line(({ device }) => device === "xr2");
  save(`listen: { ${LISTEN} }`);
  at = await hangUp(`Configuration reloaded from ${config}; changed: outputs.first, outputs.second.`, at);
  await said("Rules reloaded: ", at);
  await send(packetMemory({ host: "xr3" }));
  await line(({ device }) => device === "xr3");
  expect(await listener!.stop()).toBe(0);
  const devices = (file: string) => told(file).map((text) => (JSON.parse(text) as { device: string }).device);
  expect([devices(first), devices(second)]).toEqual([["xr1"], ["xr2"]]);
  const { stdout } = await telltale(["outputs", "list", "--json", "--db", join(folder, "t.db")]);
  const active = stdout
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as { name: string; active: boolean });
  expect(active.filter((one) => one.active).map(({ name }) => name)).toEqual(["console"]);
}, 60_000);

test("who may send, how much and for how long is bounded anew; a connection that may not be any more is closed", async () => {
  save(`listen: { ${LISTEN}, allow: [127.0.0.1] }`);
  const { said, addresses } = await start();
  const standing = connect(Number(addresses[1]!.port), "127.0.0.1");
  await new Promise((resolve) => standing.once("connect", resolve));
  const over = new Promise((resolve) => standing.on("error", () => {}).once("close", resolve));
  await new Promise((resolve) => standing.write("<189>1: r1: %SYS-5-CONFIG_I: a\n", resolve));
  while ((await stats()).received.tcp === 0);
  save(`listen: { ${LISTEN}, allow: [127.0.0.9], connections: { max: 1 }, maxMessage: 480 }`);
  let at = await hangUp("changed: listen.connections.max, listen.maxMessage, listen.allow.");
  at = await said("Rules reloaded: ", at);
  await over;
  await send(["<189>2: r1: %SYS-5-CONFIG_I: b"]);
  while ((await stats()).outcomes.denied === 0);
  save(`listen: { ${LISTEN}, rate: { perAddress: 1, burst: 1 }, maxMessage: 480 }`);
  at = await hangUp("changed: listen.connections.max, listen.rate.perAddress, listen.rate.burst, listen.allow.", at);
  await said("Rules reloaded: ", at);
  await send([
    `<189>3: r1: %SYS-5-CONFIG_I: ${"c".repeat(500)}`,
    ...Array.from({ length: 50 }, (_, i) => `<189>${i}: r1: d`),
  ]);
  expect(await listener!.stop()).toBe(0);
  const { outcomes, shed } = await stats();
  expect(outcomes.denied).toBe(1);
  expect(shed).toMatchObject({ "connections.not-allowed": 1, tails: 1 });
  expect(shed.rate).toBeGreaterThan(40);
}, 60_000);

test("one fault anywhere, and nothing of it is in force", async () => {
  save(`listen: { ${LISTEN} }`);
  const { said, line } = await start();
  const file = join(folder, "alerts.jsonl");
  const outputs = (more: string) => `outputs: { alerts: { type: file, path: ${file} }${more} }`;
  const secret = join(folder, "secret");
  const hook = `, noc: { type: webhook, url: "https://127.0.0.1:1/", networks: [127.0.0.1], secrets: [{ file: ${secret} }] }`;
  let at = 0;
  for (const [parts, why] of [
    [[`listen: { ${LISTEN}, allow: [127.0.0.9] }`, "outputz: {}"], `${config}:4:10: outputz: unknown option`],
    [[`listen: { ${LISTEN}, allow: [127.0.0.9, nowhere] }`, outputs("")], "listen.allow: nowhere is no address"],
    [[`listen: { ${LISTEN}, allow: [127.0.0.9] }`, outputs(hook)], `${secret} cannot be read`],
    [[`listen: { ${LISTEN}, allow: [127.0.0.9] }`, outputs(""), `rules: ${folder}/none`], "none"],
    [
      [`listen: { ${LISTEN}, allow: [127.0.0.9] }`, outputs(""), "http: { address: '0.0.0.0:0' }"],
      "would tell everybody",
    ],
  ] as const) {
    save(...parts);
    at = await hangUp(
      "The configuration cannot be reloaded; the one before, its rules and certificates stay in force:",
      at,
    );
    at = await said(why, at);
  }
  await send(packetMemory({ host: "xr1" }));
  await line(({ device }) => device === "xr1");
  expect(await listener!.stop()).toBe(0);
  expect(existsSync(file)).toBe(false);
  expect((await stats()).outcomes.denied).toBe(0);
}, 60_000);

test("what cannot change while it runs waits for the next start, and is named", async () => {
  save(`listen: { ${LISTEN} }`);
  const { addresses } = await start();
  writeFileSync(
    config,
    `db: ${join(folder, "other.db")}\nwatchRules: false\nlisten: { udp: { addresses: ["127.0.0.1:1"] }, tcp: { addresses: ["127.0.0.1:0"] } }\nhttp: { address: "127.0.0.1:0" }\nretention: { age: 30d }\n`,
  );
  await hangUp("changed: retention.age; takes effect at the next start: db, listen.udp.addresses, http.address.");
  await send(["<189>1: r1: %SYS-5-CONFIG_I: a"]);
  expect(addresses).toHaveLength(2);
  expect(await listener!.stop()).toBe(0);
  expect((await stats()).received.udp).toBe(1);
  expect(existsSync(join(folder, "other.db"))).toBe(false);
}, 60_000);

test("a token is changed in place; that of another address is not let go early", async () => {
  const [old, next] = [join(folder, "old"), join(folder, "next")];
  for (const file of [old, next]) {
    writeFileSync(file, file);
    chmodSync(file, 0o600);
  }
  const http = (file: string, address = "127.0.0.1:0") =>
    save(`listen: { ${LISTEN} }`, `http: { address: "${address}", tokenFile: ${file} }`);
  http(old);
  const { said, stderr } = await start();
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr())![0];
  const status = async (token: string) =>
    (await fetch(`${address}/healthz`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await status(old), await status(next)]).toEqual([200, 401]);
  http(next);
  let at = await hangUp("changed: http.tokenFile.");
  at = await said("Rules reloaded: ", at);
  expect([await status(old), await status(next)]).toEqual([401, 200]);
  http(old, "127.0.0.1:1");
  at = await hangUp("nothing changed; takes effect at the next start: http.address, http.tokenFile.", at);
  await said("Rules reloaded: ", at);
  expect([await status(old), await status(next)]).toEqual([401, 200]);
  expect(await listener!.stop()).toBe(0);
}, 60_000);

test("a file that is saved is taken in by itself, where files are watched", async () => {
  const text = (age: string) =>
    writeFileSync(config, `db: ${join(folder, "t.db")}\nlisten: { ${LISTEN} }\nretention: { age: ${age} }\n`);
  text("90d");
  const { said } = await start();
  text("60d");
  const at = await said(`Configuration reloaded from ${config}; changed: retention.age.`);
  text("soon");
  await said(`${config}:3:19: retention.age`, at);
  expect(await listener!.stop()).toBe(0);
}, 60_000);
