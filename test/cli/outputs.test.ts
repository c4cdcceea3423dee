/** Outputs and silences of a running listener: who is told, who is not, and what an operator sees of it. */
import { createSocket } from "node:dgram";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Heard, httpReceiver, syslogReceiver } from "../output/receivers.ts";
import { type Listening, startListener, telltale } from "../support/cli.ts";

const CANARY = "CANARY-that-no-output-may-ever-show-0123456789";

let folder = "";
let listener: Listening | null = null;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-outputs-"));
  writeFileSync(join(folder, "secret"), `${CANARY}\n`, { mode: 0o600 });
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  for (const end of ends.splice(0)) await end();
  rmSync(folder, { recursive: true, force: true });
});

const db = () => join(folder, "telltale.db");
const archive = () => join(folder, "alerts.jsonl");
const archived = () =>
  (statSync(archive(), { throwIfNoEntry: false }) === undefined ? "" : readFileSync(archive(), "utf8"))
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function configure(outputs: Record<string, unknown>): string {
  const file = join(folder, "config.yaml");
  writeFileSync(file, JSON.stringify({ outputs, listen: { tcp: { addresses: [] } } }));
  return file;
}

async function listen(config: string): Promise<Listening> {
  listener = await startListener(["--json", "--config", config, "--db", db(), "--udp", "127.0.0.1:0"]);
  return listener;
}

/** One alert of a level for each device: a SIP process that a router watches. */
async function trouble(to: Listening, device: string, second = 0): Promise<void> {
  const url = to.addresses[0]!;
  const socket = createSocket("udp4");
  const line = `<187>${1240 + second}: ${device}: *Nov  6 16:01:0${second}.000: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = CCSIP_SPI_CONTROL.`;
  await new Promise((resolve) => socket.send(line, Number(url.port), url.hostname, resolve));
  socket.close();
}

async function until<T>(look: () => Promise<T | null | false> | T | null | false): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const receiver = async (): Promise<{ port: number; heard: Heard[]; up(): Promise<void>; down(): Promise<void> }> => {
  const made = await httpReceiver();
  ends.push(() => made.down());
  return made;
};
const outputsOf = async () => {
  const { stdout } = await telltale(["outputs", "list", "--json", "--db", db()]);
  const all = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return Object.fromEntries(all.map((one) => [one.name, one]));
};

describe("the outputs of a listener", () => {
  test("are each told what their route says, and one that hangs keeps nobody waiting", async () => {
    const tarpit = createTcp(() => {});
    await new Promise<void>((resolve) => tarpit.listen(0, "127.0.0.1", resolve));
    ends.push(() => tarpit.close());
    const { port, heard } = await receiver();
    const siem = await syslogReceiver();
    ends.push(() => siem.down());
    const hook = (to: number) => ({ type: "webhook", url: `http://127.0.0.1:${to}/hook`, allowHttp: true });
    const config = configure({
      noc: { ...hook(port), secrets: [{ file: join(folder, "secret") }] },
      stuck: hook((tarpit.address() as AddressInfo).port),
      archive: { type: "file", path: archive() },
      siem: { type: "syslog", to: `tcp://127.0.0.1:${siem.port}` },
      pager: { ...hook(port), minLevel: "high" },
      resolved: { ...hook(port), changes: ["resolved"] },
      others: { ...hook(port), advisories: ["cisco-sa-iosxr-ipsec-dos-q8UPX6m"] },
    });
    const running = await listen(config);
    await trouble(running, "r1");
    const printed = await running.line((line) => line.device === "r1");
    await until(() => heard.length === 1 && siem.received.length === 1 && archived().length === 1);
    expect(JSON.parse(heard[0]!.body)).toMatchObject({
      type: "alert.opened",
      data: { id: printed.id, change: "opened" },
    });
    expect(siem.received[0]).toContain(`id="${printed.id}"`);
    expect(archived()[0]).toEqual(printed);
    await until(async () => {
      const { noc, stuck, archive: file, pager, resolved, others } = await outputsOf();
      expect([stuck, pager, resolved, others].map((one) => one!.delivered)).toEqual([0, 0, 0, 0]);
      return noc!.delivered === 1 && file!.delivered === 1 && stuck!.pending === 1 && pager!.pending === 0;
    });
    // The deadline of the one that hangs is ten seconds: stopping does not wait for it.
    expect(await running.stop()).toBe(0);
    const stats = JSON.parse((await telltale(["stats", "--json", "--db", db()])).stdout);
    expect(stats.deliveries).toMatchObject({ console: 1, noc: 1, siem: 1, stuck: 0 });
    expect(stats.outputs.stuck).toMatchObject({
      pending: 1,
      dead: 0,
      active: true,
      oldestPendingSeconds: expect.any(Number),
    });
  }, 60_000);

  test("have after a kill and a restart what they did not have before, each once, and their secrets are nowhere", async () => {
    const { port, heard, down, up } = await receiver();
    await down();
    const config = configure({
      noc: {
        type: "webhook",
        url: `http://127.0.0.1:${port}/T0/${CANARY}`,
        allowHttp: true,
        secrets: [{ env: "HOOK" }],
      },
    });
    process.env.HOOK = CANARY;
    const said: string[] = [];
    for (const device of ["r1", "r2"]) {
      const running = await listen(config);
      await trouble(running, device);
      await running.line((line) => line.device === device);
      said.push(await running.said("The output noc fails").then(() => running.stderr()));
      await running.stop("SIGKILL");
      said.push(running.stderr());
    }
    await up();
    const running = await listen(config);
    await until(() => heard.length === 2);
    await until(async () => (await outputsOf()).noc!.pending === 0);
    await running.stop();
    delete process.env.HOOK;
    expect(heard.map(({ body }) => JSON.parse(body).data.device).sort()).toEqual(["r1", "r2"]);
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
    const shown = await Promise.all([
      telltale(["outputs", "list", "--json", "--db", db()]),
      telltale(["stats", "--json", "--db", db()]),
      telltale(["outputs", "test", "noc", "--config", config]),
    ]);
    const texts = [...said, running.stdout(), running.stderr(), ...shown.flatMap((one) => [one.stdout, one.stderr])];
    for (const file of readdirSync(folder).filter((name) => name.startsWith("telltale.db")))
      texts.push(readFileSync(join(folder, file), "latin1"));
    expect(texts.filter((text) => text.includes(CANARY))).toEqual([]);
  }, 60_000);

  test("are told although whoever read stdout is gone, and the console's alerts wait for its next reader", async () => {
    const config = configure({ archive: { type: "file", path: archive() } });
    const running = await listen(config);
    expect(running.stderr()).toContain("  tells        the console, archive (telltale outputs list)\n");
    running.child.stdout!.destroy();
    for (const device of ["r1", "r2", "r3"]) {
      await trouble(running, device);
      await until(() => archived().some((line) => line.device === device));
    }
    expect(await running.stop()).toBe(0);
    const { console: waiting } = await outputsOf();
    expect(Number(waiting!.pending)).toBeGreaterThanOrEqual(2);
    const again = await listen(config);
    await again.line((line) => line.device === "r3");
    expect(await again.stop()).toBe(0);
    expect((await outputsOf()).console).toMatchObject({ pending: 0 });
  }, 60_000);

  test("are told again, under the same name, of what they took when Telltale was killed", async () => {
    let kill: (() => void) | null = null;
    const made = await httpReceiver((_, response) => {
      if (kill === null) response.writeHead(204).end();
      else kill();
    });
    ends.push(() => made.down());
    const noc = { type: "webhook", url: `http://127.0.0.1:${made.port}/`, allowHttp: true };
    const first = await listen(configure({ noc }));
    const exited = new Promise((resolve) => first.child.once("exit", resolve));
    kill = () => first.child.kill("SIGKILL");
    await trouble(first, "r1");
    await exited;
    kill = null;
    const second = await listen(join(folder, "config.yaml"));
    await until(async () => (await outputsOf()).noc!.delivered === 1);
    await second.stop();
    expect(made.heard).toHaveLength(2);
    const [before, after] = made.heard as [Heard, Heard];
    expect(after.headers["webhook-id"]).toBe(before.headers["webhook-id"]);
    expect(after.body).toBe(before.body);
  }, 60_000);

  test("that refuse an alert have it as dead, until it is put back", async () => {
    let status = 422;
    const server = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const running = await listen(
      configure({ noc: { type: "webhook", url: `http://127.0.0.1:${port}/`, allowHttp: true } }),
    );
    await trouble(running, "r1");
    await until(async () => Number((await outputsOf()).noc!.failed) > 1);
    await running.stop();
    // What ten refusals in a row do takes minutes; here they are counted in advance.
    const { openStore } = await import("../../src/store/open.ts");
    const store = openStore(db());
    store.db.exec("UPDATE outbox SET next_at = NULL WHERE output = 'noc' AND delivered_at IS NULL");
    store.close();
    expect((await outputsOf()).noc).toMatchObject({
      pending: 0,
      dead: 1,
      lastError: `http://127.0.0.1:${port} answered 422`,
    });
    status = 200;
    const again = await listen(join(folder, "config.yaml"));
    const { stdout } = await telltale(["outputs", "retry", "noc", "--db", db()]);
    expect(stdout).toBe("1 dead entry put back; a running listener tries again.\n");
    await until(async () => (await outputsOf()).noc!.delivered === 1);
    await again.stop();
    expect(await telltale(["outputs", "retry", "nobody", "--db", db()])).toMatchObject({ code: 66 });
  }, 60_000);
});

describe("a configuration of outputs", () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ["without its secret", { type: "webhook", url: "https://x.example/", secrets: [{ env: "NOT_SET" }] }, 78, "outputs.noc: the environment variable NOT_SET holds no secret"],
    ["with a short secret", { type: "webhook", url: "https://x.example/", secrets: [{ env: "SHORT" }] }, 78, "the key is shorter than 24 bytes"],
    ["over plain HTTP", { type: "webhook", url: "http://x.example/" }, 78, "outputs.noc: the URL is http: write https, or allowHttp: true"],
    ["with a password in the URL", { type: "webhook", url: "https://u:p@x.example/" }, 78, "a URL such as https://"],
    ["with half a certificate", { type: "syslog", to: "tls://x.example:6514", cert: "x.pem" }, 78, "cert and key go together"],
    ["with an authority for UDP", { type: "syslog", to: "udp://x.example:514", ca: "x.pem" }, 78, "are for tls://"],
    [
      "to Telltale itself",
      { type: "syslog", to: "udp://127.0.0.1:5999" },
      78,
      "udp://127.0.0.1:5999 is where Telltale itself listens",
    ],
    ["of an unknown type", { type: "pigeon" }, 78, "outputs.noc.type"],
    ["with an unknown change", { type: "file", path: "x", changes: ["closd"] }, 78, "outputs.noc.changes.0"],
    ["with a network that is none", { type: "webhook", url: "https://x.example/", networks: ["10.0.0.0/33"] }, 78, "10.0.0.0/33 is no address or network"],
  ])("%s is refused: %s", async (_, output, code, why) => {
    process.env.SHORT = "short";
    const config = configure({ noc: output });
    const ran = await telltale(["listen", "--config", config, "--db", db(), "--udp", "127.0.0.1:5999"]);
    delete process.env.SHORT;
    expect(ran.stderr).toContain(why);
    expect(ran.code).toBe(code);
  }); // biome-ignore format: a table

  test("with a secret that everybody may read is refused", async () => {
    writeFileSync(join(folder, "open"), CANARY, { mode: 0o644 });
    const secrets = [{ file: join(folder, "open") }];
    const config = configure({ noc: { type: "webhook", url: "https://x.example/", secrets } });
    const ran = await telltale(["listen", "--config", config, "--db", db(), "--udp", "127.0.0.1:0"]);
    expect(ran).toMatchObject({ code: 77, stderr: expect.stringContaining("everybody may read") });
    expect(ran.stderr).not.toContain(CANARY);
  });
});

describe("telltale outputs test", () => {
  test("sends an alert that says that it is a test, and says how it went", async () => {
    const { port, heard, down } = await receiver();
    const config = configure({
      noc: { type: "webhook", url: `http://127.0.0.1:${port}/`, allowHttp: true, minLevel: "critical" },
    });
    const ran = await telltale(["outputs", "test", "noc", "--config", config]);
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toMatch(new RegExp(`^noc: http://127\\.0\\.0\\.1:${port} took a test alert in \\d+ ms\\.\n$`));
    const { data } = JSON.parse(heard[0]!.body);
    expect(data).toMatchObject({
      rule: "telltale-test",
      device: "telltale-test",
      details: { test: true, output: "noc" },
    });
    expect(data.title).toMatch(/^TEST: /);
    await down();
    const failed = await telltale(["outputs", "test", "noc", "--config", config]);
    expect(failed).toMatchObject({ code: 69, stderr: expect.stringContaining("ECONNREFUSED") });
    expect(await telltale(["outputs", "test", "nobody", "--config", config])).toMatchObject({
      code: 66,
      stderr: expect.stringContaining("There are: console, noc."),
    });
    expect(JSON.parse((await telltale(["outputs", "test", "console"])).stdout)).toMatchObject({
      rule: "telltale-test",
    });
  });
});

describe("a silence", () => {
  test("that somebody adds while Telltale listens keeps alerts back, and what waits is told when it ends", async () => {
    const running = await listen(configure({ archive: { type: "file", path: archive() } }));
    const add = ["silence", "add", "--device", "R1", "--for", "2h", "--comment", "upgrade to 15.3", "--db", db()];
    const added = JSON.parse((await telltale([...add, "--json"])).stdout);
    expect(added).toMatchObject({ id: 1, state: "active", devices: ["r1"], rules: [], expiredAt: null });
    await trouble(running, "r1");
    await trouble(running, "r2");
    await until(() => archived().length === 1);
    expect(archived()[0]).toMatchObject({ device: "r2" });
    const [silenced] = (await telltale(["alerts", "list", "--device", "r1", "--json", "--db", db()])).stdout.split(
      "\n",
    );
    const { id } = JSON.parse(silenced!);
    const show = async () =>
      JSON.parse((await telltale(["alerts", "show", id, "--json", "--db", db()])).stdout).silenced;
    expect(await show()).toMatchObject([
      { change: "opened", silence: 1, comment: "upgrade to 15.3", by: added.createdBy, endedAt: null, told: null },
    ]);
    const text = (await telltale(["alerts", "show", id, "--db", db()])).stdout;
    expect(text).toMatch(/\nNobody was told\n {2}\S+ opened: silence 1 until \S+ \(\S+: upgrade to 15\.3\)\n/);
    const ended = JSON.parse((await telltale(["silence", "expire", "1", "--json", "--db", db()])).stdout);
    expect(ended).toMatchObject({ state: "over", expiredBy: added.createdBy });
    await until(() => archived().length === 2);
    expect(archived()[1]).toMatchObject({ device: "r1", change: "opened", id });
    expect(await show()).toMatchObject([{ told: "opened" }]);
    expect(await running.line((line) => line.device === "r1")).toMatchObject({ change: "opened" });
    expect((await telltale(["silence", "list", "--db", db(), "--json"])).stdout).toBe("");
    expect(JSON.parse((await telltale(["silence", "list", "--all", "--db", db(), "--json"])).stdout)).toEqual(ended);
    await running.stop();
    expect(JSON.parse((await telltale(["stats", "--json", "--db", db()])).stdout).silenced).toBe(1);
  }, 60_000);

  test.each<[string, string[], string]>([
    ["of everything", ["--for", "1h", "--comment", "x"], "this would silence everything"],
    ["without an end", ["--device", "r1", "--comment", "x"], "its end is not clear"],
    ["with two ends", ["--device", "r1", "--for", "1h", "--until", "2999-01-01", "--comment", "x"], "its end is not clear"],
    ["that is over", ["--device", "r1", "--until", "2020-01-01", "--comment", "x"], "it would be over at once"],
    ["for years", ["--device", "r1", "--for", "400d", "--comment", "x"], "it is longer than a year"],
    ["that ends in a span", ["--device", "r1", "--until", "2h", "--comment", "x"], "--until takes a time"],
    ["with no length", ["--device", "r1", "--for", "long", "--comment", "x"], "is no length of time"],
    ["without a reason", ["--device", "r1", "--for", "1h", "--comment", " "], "--comment is empty"],
  ])("%s is refused", async (_, args, why) => {
    const ran = await telltale(["silence", "add", ...args, "--db", db()]);
    expect(ran).toMatchObject({ code: 64, stderr: expect.stringContaining(why) });
  }); // biome-ignore format: a table

  test("of no database makes none", async () => {
    const ran = await telltale(["silence", "add", "--device", "r1", "--for", "1h", "--comment", "x", "--db", db()]);
    expect(ran).toMatchObject({ code: 66, stderr: expect.stringContaining("there is no database") });
    expect(statSync(db(), { throwIfNoEntry: false })).toBeUndefined();
  });
});
