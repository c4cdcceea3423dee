/** Outputs that are down for days, or answer as no receiver should: no alert is lost, and no other output waits. */
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcp } from "node:net";
import { join } from "node:path";
import { fakeClock } from "./support/clock.mjs";
import { withCopy } from "./support/database.mjs";
import { alarming, datagrams, stream } from "./support/lines.mjs";
import { pause, startListener, until } from "./support/listener.mjs";
import { compiledModules } from "./support/modules.mjs";
import { seeded } from "./support/random.mjs";
import { packetMemory } from "./support/receiver.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export async function run({ long, folder, say }) {
  const loop = await feedback(folder);
  return [await outage(folder, say), await hostile(long, folder, say), loop];
}

/** Alerts of a real listener whose output nobody answers; then 72 hours without an answer, a restart in their midst. */
async function outage(folder, say) {
  const random = seeded(say);
  const db = join(folder, "outage.db");
  const [routers, cards] = [500, 20];
  const config = join(folder, "outage.yaml");
  writeFileSync(
    config,
    `db: ${db}\nlisten: { udp: { addresses: [] }, tcp: { addresses: ["127.0.0.1:0"] } }\n` +
      `outputs: { noc: { type: webhook, url: "http://127.0.0.1:1/", allowHttp: true, networks: [127.0.0.1] } }\n`,
  );
  const listener = await startListener(["--config", config]);
  const lines = [];
  for (let card = 0; card < cards; card++)
    for (let router = 0; router < routers; router++) {
      const flood = packetMemory(`xr${router}`, 10 + card * 10);
      lines.push(...flood.map((line) => line.replace("RP/0/RSP0/CPU0", `LC/0/${card}/CPU0`)));
    }
  await stream(listener.ports[0], lines);
  listener.child.kill("SIGTERM");
  await listener.ended;
  const queued = withCopy(db, (copy) =>
    copy.prepare("SELECT count(*) FROM outbox WHERE output = 'noc' AND delivered_at IS NULL").pluck().get(),
  );
  say(`${queued} entries wait`);
  const load = compiledModules(join(folder, "program"));
  const { Courier } = await load("run/courier");
  const { openStore } = await load("store/open");
  const { outputTotals } = await load("store/outputs");
  const { OutputError } = await load("output/output");
  const play = async (path, giveUpAfter) => {
    const store = openStore(path, { at: Date.now() });
    const clock = fakeClock(Date.now());
    const got = [];
    let [isDown, attempts] = [true, 0];
    const output = {
      name: "noc",
      async deliver(entry) {
        attempts++;
        if (isDown) throw new OutputError("no route to host", "Wait.");
        got.push(entry);
      },
      async close() {},
    };
    const begin = () => {
      const courier = new Courier({ store, output, clock, random, giveUpAfter, say() {} });
      return { courier, running: courier.run() };
    };
    let one = begin();
    await clock.advance(36 * HOUR);
    await one.courier.stop();
    await one.running;
    one = begin();
    await clock.advance(36 * HOUR);
    isDown = false;
    while (got.length === 0 && clock.mono() < 73 * HOUR) await clock.next();
    const back = clock.mono();
    const left = () => outputTotals(store).find(({ name }) => name === "noc").pending;
    while (left() > 0 && clock.mono() - back < HOUR) await clock.next();
    const seconds = (clock.mono() - back) / 1_000;
    const total = outputTotals(store).find(({ name }) => name === "noc");
    await one.courier.stop();
    await one.running;
    store.close();
    return { got, attempts, seconds, total };
  };
  const early = join(folder, "early.db");
  withCopy(db, (copy) => copy.exec(`VACUUM INTO '${early}'`));
  const { got, attempts, seconds, total } = await play(db, 7 * DAY);
  // Who gives up after a day loses what was queued before, or the test sees nothing.
  const control = await play(early, DAY);
  const lost = queued - got.length;
  const known = new Map();
  let unordered = 0;
  for (const { at, alert } of got) {
    if ((known.get(alert.device) ?? 0) > at) unordered++;
    known.set(alert.device, at);
  }
  return {
    promise: "an output that is down for 72 hours gets every alert within a minute after it is back, in order",
    figure: `${queued} queued, ${lost} lost, ${total.dead} given up, ${unordered} out of order, told in ${seconds.toFixed(1)} s after ${attempts} attempts; a restart after 36 h (giving up after a day would lose ${queued - control.got.length})`,
    ok:
      queued >= routers * cards &&
      lost === 0 &&
      total.dead === 0 &&
      unordered === 0 &&
      seconds <= 60 &&
      attempts < queued + 72 * 40 &&
      control.got.length < queued,
  };
}

/** The running program beside eight receivers that misbehave, and two that do not. */
async function hostile(long, folder, say) {
  const count = long ? 100 : 20;
  const servers = [];
  const serve = async (server) => {
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server.address().port;
  };
  const counts = {};
  const http = (name, answer) =>
    serve(
      createServer((request, response) => {
        counts[name] = (counts[name] ?? 0) + 1;
        request.on("error", () => {});
        response.on("error", () => {});
        answer(request, response);
      }),
    );
  const drip = (response, every, piece) => {
    const timer = setInterval(() => response.write(piece), every);
    response.on("close", () => clearInterval(timer));
  };
  const heard = new Map();
  const bad = [];
  const keys = ["a", "b"].map((letter) => Buffer.from(letter.repeat(32)));
  const good = await http("good", (request, response) => {
    const chunks = [];
    request
      .on("data", (chunk) => chunks.push(chunk))
      .on("end", () => {
        const body = Buffer.concat(chunks);
        const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signed } = request.headers;
        const expected = keys.map(
          (key) => `v1,${createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest("base64")}`,
        );
        if (signed !== expected.join(" ")) bad.push(id);
        heard.set(JSON.parse(body).data.device, performance.now());
        response.writeHead(204).end();
      });
  });
  const cuts = new Map();
  const cutter = await http("cutter", (request, response) => {
    request.resume().on("end", () => {
      const id = request.headers["webhook-id"];
      cuts.set(id, (cuts.get(id) ?? 0) + 1);
      if (cuts.get(id) === 1) request.socket.destroy();
      else response.writeHead(204).end();
    });
  });
  const ports = {
    tarpit: await serve(
      createTcp((socket) => {
        counts.tarpit = (counts.tarpit ?? 0) + 1;
        const text = "HTTP/1.1 200 OK\r\n".repeat(1_000);
        let i = 0;
        const timer = setInterval(() => socket.write(text[i++] ?? "x"), 1_000);
        socket.on("error", () => {}).on("close", () => clearInterval(timer));
      }),
    ),
    endless: await http("endless", (_, response) => drip(response.writeHead(500), 1, Buffer.alloc(65_536, "x"))),
    heads: await serve(
      createTcp((socket) => {
        counts.heads = (counts.heads ?? 0) + 1;
        socket.on("error", () => {});
        socket.write(`HTTP/1.1 200 OK\r\n${`x-padding: ${"x".repeat(1_000)}\r\n`.repeat(10_000)}\r\n`);
      }),
    ),
    redirects: await http("redirects", (_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${ports.redirects}/again` }).end(),
    ),
    silent: await serve(createTcp((socket) => socket.on("error", () => {}))),
  };
  const garbage = await serve(createTcp((socket) => socket.on("error", () => {}).end("no TLS\r\n")));
  const names = ["a", "b"].map((letter) => join(folder, `key-${letter}`));
  for (const [i, name] of names.entries()) writeFileSync(name, keys[i], { mode: 0o600 });
  const hook = (port, more = "", scheme = "http") =>
    `{ type: webhook, url: "${scheme}://127.0.0.1:${port}/", allowHttp: true, networks: [127.0.0.1]${more} }`;
  const file = join(folder, "alerts.jsonl");
  const config = join(folder, "hostile.yaml");
  const db = join(folder, "hostile.db");
  writeFileSync(
    config,
    [
      `db: ${db}`,
      `listen: { udp: { addresses: ["127.0.0.1:0"] }, tcp: { addresses: [] } }`,
      "outputs:",
      `  file: { type: file, path: ${file} }`,
      `  good: ${hook(good, `, secrets: [{ file: ${names[0]} }, { file: ${names[1]} }]`)}`,
      `  cutter: ${hook(cutter)}`,
      ...Object.entries(ports).map(([name, port]) => `  ${name}: ${hook(port)}`),
      `  garbage: ${hook(garbage, "", "https")}`,
      `  nowhere: { type: webhook, url: "https://nowhere.invalid/" }`,
      "",
    ].join("\n"),
  );
  const listener = await startListener(["--config", config]);
  const sender = datagrams(listener.ports[0]);
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const sent = performance.now();
    await sender.send(alarming(`r${i}`));
    await until(`alert ${i} at the good receiver`, () => heard.has(`r${i}`), 20);
    slowest = Math.max(slowest, heard.get(`r${i}`) - sent);
  }
  const devices = () =>
    new Set(
      readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).device),
    );
  await until("the file has all of them", () => devices().size >= count, 5);
  await until(
    "the receiver that cuts has all of them",
    () => [...cuts.values()].every((n) => n > 1) && cuts.size >= count,
    240,
  );
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${listener.child.pid}/status`, "latin1"))[1]) / 1_024;
  const stopped = performance.now();
  listener.child.kill("SIGTERM");
  const { code } = await Promise.race([listener.ended, pause(20_000).then(() => ({ code: "none" }))]);
  const seconds = (performance.now() - stopped) / 1_000;
  sender.close();
  for (const server of servers) {
    server.close();
    server.closeAllConnections?.();
  }
  say(JSON.stringify(counts));
  const failing = withCopy(db, (copy) => copy.prepare("SELECT name FROM outputs WHERE failed > 0").pluck().all());
  const expected = [...Object.keys(ports), "garbage", "nowhere", "cutter"].sort();
  const committed = withCopy(db, (copy) =>
    copy.prepare("SELECT count(*) FROM outbox WHERE output = 'cutter'").pluck().get(),
  );
  return {
    promise: "outputs that drip, never end, redirect, or break off keep no other output waiting, and lose nothing",
    figure: `${count} alerts beside ${expected.length} such outputs: slowest ${Math.round(slowest)} ms, ${bad.length} badly signed, ${committed - cuts.size} of ${committed} lost where each was cut once; at most ${Math.round(peak)} MiB; stopped in ${seconds.toFixed(1)} s with exit ${code}`,
    ok:
      slowest < 1_000 &&
      bad.length === 0 &&
      cuts.size === committed &&
      peak < 400 &&
      code === 0 &&
      seconds < 10 &&
      failing.sort().join() === expected.join() &&
      counts.redirects > 0,
  };
}

/** Whoever sends Telltale's own messages back to it makes no circle. */
async function feedback(folder) {
  const echo = createSocket("udp4");
  echo.bind(0, "127.0.0.1");
  await once(echo, "listening");
  const config = join(folder, "loop.yaml");
  const db = join(folder, "loop.db");
  writeFileSync(
    config,
    `db: ${db}\nlisten: { udp: { addresses: ["127.0.0.1:0"] }, tcp: { addresses: [] } }\n` +
      `outputs: { siem: { type: syslog, to: "udp://127.0.0.1:${echo.address().port}", networks: [127.0.0.1] } }\n`,
  );
  const listener = await startListener(["--config", config]);
  const sender = datagrams(listener.ports[0]);
  let echoed = 0;
  echo.on("message", (message) => {
    echoed++;
    sender.send(message);
  });
  await sender.send(alarming("r1"));
  await pause(10_000);
  listener.child.kill("SIGTERM");
  const { code } = await listener.ended;
  echo.close();
  sender.close();
  const devices = withCopy(db, (copy) => copy.prepare("SELECT name FROM devices").pluck().all());
  return {
    promise: "a relay that sends Telltale's own messages back starts no circle",
    figure: `${echoed} message in 10 s, routers heard: ${devices.join(", ")}`,
    ok: echoed === 1 && devices.join() === "r1" && code === 0,
  };
}
