/** The webhook: signed after Standard Webhooks, and no receiver can hold it, lead it astray or read its secret. */
import { createHmac } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcp, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { alertJson } from "../../src/output/alert-json.ts";
import { OutputError } from "../../src/output/output.ts";
import { reachable } from "../../src/output/reachable.ts";
import { secretKey } from "../../src/output/signature.ts";
import type { TlsFiles } from "../../src/output/tls-files.ts";
import { webhookOutput } from "../../src/output/webhook.ts";
import { authority } from "../support/certificates.ts";
import { delivery, type OutputBench, outputContract } from "./contract.ts";
import { httpReceiver, type Receiver } from "./receivers.ts";
import { alert, START } from "./support.ts";

const KEY = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW = Date.UTC(2026, 2, 4, 12, 30);
const trusted = authority();
const certificate = { ...trusted.issue("receiver", "IP:127.0.0.1,DNS:localhost"), ca: trusted.ca };

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Parts {
  keys?: string[];
  now?: () => number;
  networks?: string[];
  connectMillis?: number;
  totalMillis?: number;
  tls?: TlsFiles;
  secretUrl?: boolean;
}

function webhook(url: string, parts: Parts = {}) {
  const output = webhookOutput({
    name: "noc",
    url: new URL(url),
    secretUrl: parts.secretUrl ?? false,
    keys: () => (parts.keys ?? [KEY]).map(secretKey),
    now: parts.now ?? (() => NOW),
    reachable: reachable(parts.networks ?? [], "outputs.noc.networks"),
    connectMillis: parts.connectMillis ?? 5_000,
    totalMillis: parts.totalMillis ?? 10_000,
    tls: parts.tls ?? {},
  });
  ends.push(() => output.close());
  return output;
}

async function receiver(answer?: RequestListener) {
  const made = await httpReceiver(answer);
  ends.push(() => made.down());
  return made;
}

/** A server of raw bytes: what a receiver sends that speaks no proper HTTP. */
async function rawServer(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

async function failure(work: Promise<void>): Promise<OutputError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OutputError);
  return error as OutputError;
}

function bench(url: (made: Receiver) => string, make: () => Promise<Receiver>, tls: TlsFiles = {}) {
  return async (): Promise<OutputBench> => {
    const made = await make();
    return {
      output: webhook(url(made), { tls }),
      received: () => made.received,
      fail: made.down,
      mend: made.up,
      free: made.down,
    };
  };
}

outputContract(
  "a webhook over HTTP",
  bench(
    ({ port }) => `http://127.0.0.1:${port}/hook`,
    () => httpReceiver(),
  ),
);
outputContract(
  "a webhook over HTTPS",
  bench(
    ({ port }) => `https://localhost:${port}/hook`,
    () => httpReceiver(undefined, certificate),
    { ca: trusted.ca },
  ),
);

describe("a request of the webhook", () => {
  it("is what Standard Webhooks asks for, signed with each key in use", async () => {
    const { port, heard } = await receiver();
    const next = "a text of more than twenty-four bytes";
    const entry = { change: "status" as const, at: START, alert: alert({ status: "resolved" }) };
    await webhook(`http://127.0.0.1:${port}/hook?x=1`, { keys: [next, KEY] }).deliver(entry);
    const [{ path, headers, body }] = heard as [(typeof heard)[0]];
    expect(path).toBe("/hook?x=1");
    expect(JSON.parse(body)).toEqual({
      type: "alert.resolved",
      timestamp: "2026-03-04T12:00:00.000Z",
      data: JSON.parse(JSON.stringify(alertJson(entry.alert, "status"))),
    });
    const id = `${entry.alert.id}.resolved.${START}`;
    const keys = [Buffer.from(next), Buffer.from(KEY.slice(6), "base64")];
    const expected = keys.map(
      (key) =>
        `v1,${createHmac("sha256", key)
          .update(`${id}.${NOW / 1_000}.${body}`)
          .digest("base64")}`,
    );
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(NOW / 1_000),
      "webhook-signature": expected.join(" "),
    });
  });

  it("signs as the vector of the specification does", async () => {
    const { signedHeaders } = await import("../../src/output/signature.ts");
    const key = secretKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const signed = signedHeaders(
      [key],
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      1_614_265_330_000,
      Buffer.from('{"test": 2432232314}'),
    );
    expect(signed["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("has the same id and body at another attempt, and a time of its own", async () => {
    const { port, heard } = await receiver();
    let now = NOW;
    const output = webhook(`http://127.0.0.1:${port}/`, { now: () => now });
    await output.deliver(delivery("a"));
    now += 60_000;
    await output.deliver(delivery("a"));
    const [first, second] = heard as [(typeof heard)[0], (typeof heard)[0]];
    expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
    expect(second.body).toBe(first.body);
    expect(second.headers["webhook-timestamp"]).not.toBe(first.headers["webhook-timestamp"]);
    expect(second.headers["webhook-signature"]).not.toBe(first.headers["webhook-signature"]);
  });

  it("holds what the log says in its body alone", async () => {
    const { port, heard } = await receiver();
    const evil = "x\r\nX-Evil: 1\r\n\r\n/../%0d%0a\u001b[2J\u202e";
    const entry = delivery("a");
    const { device, title } = { device: evil, title: { en: evil } };
    await webhook(`http://127.0.0.1:${port}/hook`).deliver({ ...entry, alert: { ...entry.alert, device, title } });
    const [{ path, headers, body }] = heard as [(typeof heard)[0]];
    expect(path).toBe("/hook");
    expect(Object.keys(headers).sort()).toEqual(
      ["connection", "content-length", "content-type", "host", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"], // biome-ignore format: a list
    );
    expect(Object.values(headers).join("\n")).not.toMatch(/evil/i);
    expect(JSON.parse(body).data.device).toBe(evil);
    expect(body).not.toMatch(/[\u001b\u202e]/);
  });
});

describe("an answer to the webhook", () => {
  it.each([
    [400, true],
    [413, true],
    [422, true],
    [401, false],
    [404, false],
    [500, false],
    [503, false],
  ])("of %d refuses the entry alone: %s", async (status, refused) => {
    const { port } = await receiver((_, response) => response.writeHead(status).end("no such thing"));
    const error = await failure(webhook(`http://127.0.0.1:${port}/`).deliver(delivery("a")));
    expect(error.refused).toBe(refused);
    expect(error.message).toBe(`http://127.0.0.1:${port} answered ${status}: no such thing`);
  });

  it.each([
    ["120", 120_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    ["999999999", 3_600_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ["soon", null],
  ])("that asks to wait (%s) is heard, within an hour", async (value, wait) => {
    const { port } = await receiver((_, response) => response.writeHead(429, { "retry-after": value }).end());
    expect((await failure(webhook(`http://127.0.0.1:${port}/`).deliver(delivery("a")))).retryAfter).toBe(wait);
  });

  it("with a redirect is not followed, not even once", async () => {
    const elsewhere = await receiver();
    const loop = await receiver((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end(),
    );
    const error = await failure(webhook(`http://127.0.0.1:${loop.port}/`).deliver(delivery("a")));
    expect(error.message).toContain("answered with a redirect (307)");
    expect([loop.heard.length, elsewhere.heard.length]).toEqual([1, 0]);
  });

  it("that repeats the path shows none of it in the error", async () => {
    const { port } = await receiver((request, response) =>
      response.writeHead(404).end(`Cannot POST ${request.url} or ${decodeURIComponent(request.url!)}`),
    );
    const output = webhook(`http://127.0.0.1:${port}/services/T0000/CANARY%2Dtoken?key=CANARY2`);
    const { message } = await failure(output.deliver(delivery("a")));
    expect(message).toContain("answered 404: Cannot POST");
    expect(message).not.toContain("CANARY");
  });

  it("to a secret URL is not quoted at all", async () => {
    const { port } = await receiver((_, response) => response.writeHead(404).end("about CANARY"));
    const { message } = await failure(
      webhook(`http://127.0.0.1:${port}/x`, { secretUrl: true }).deliver(delivery("a")),
    );
    expect(message).toBe(`http://127.0.0.1:${port} answered 404`);
  });

  it("counts once its head is there, even if its text never ends", async () => {
    let written = 0;
    const { port } = await receiver((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384;
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const output = webhook(`http://127.0.0.1:${port}/`);
    await output.deliver(delivery("a"));
    // Nothing is read on: what was written is what the sockets' buffers hold.
    expect(written).toBeLessThan(16 * 1_048_576);
    await output.deliver(delivery("b"));
  });

  it("that ends the connection in its midst counts as none", async () => {
    const url = await rawServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 20")));
    await failure(webhook(url).deliver(delivery("a")));
  });
});

describe("a receiver that stalls", () => {
  const limit = 150;
  const took = async (url: string, parts: Parts): Promise<number> => {
    const start = performance.now();
    await failure(webhook(url, parts).deliver(delivery("a")));
    return performance.now() - start;
  };
  /** One byte of an endless head each few milliseconds: an idle timer would never go off. */
  const drip = (text: string) => (socket: Socket) => {
    let i = 0;
    const timer = setInterval(() => socket.write(text[i++ % text.length]!), 10);
    socket.on("close", () => clearInterval(timer));
  };

  it.each<[string, (socket: Socket) => void]>([
    ["says nothing", () => {}],
    ["drips its head", drip("HTTP/1.1 200 OK\r\nX-A: ")],
    ["sends interim answers for ever", drip("HTTP/1.1 102 Processing\r\n\r\n")],
    ["takes nothing", (socket) => socket.pause()],
  ])("and %s is left at the deadline", async (_, talk) => {
    const time = await took(await rawServer(talk), { totalMillis: limit });
    expect(time).toBeGreaterThan(limit - 20);
    expect(time).toBeLessThan(limit + 5_000);
  });

  it("before TLS is agreed on is left at the deadline for connections", async () => {
    const url = (await rawServer(() => {})).replace("http:", "https:");
    const error = await failure(webhook(url, { connectMillis: limit, totalMillis: 60_000 }).deliver(delivery("a")));
    expect(error.message).toContain("no connection within 0.15 s");
  });

  it("with a head of megabytes is left", async () => {
    const url = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write(`X-A: ${"a".repeat(10_000)}\r\n`));
        if (!socket.destroyed) socket.once("drain", more);
      };
      more();
    });
    expect((await failure(webhook(url).deliver(delivery("a")))).message).toContain("Header overflow");
  });

  it("is broken off when the output is closed", async () => {
    const output = webhook(await rawServer((socket) => socket.once("data", () => output.close())));
    await failure(output.deliver(delivery("a")));
  });
});

describe("a webhook over TLS", () => {
  const at = async (name: string, tls: TlsFiles) => {
    const made = await httpReceiver(undefined, certificate);
    ends.push(() => made.down());
    return webhook(`https://${name}:${made.port}/`, { tls }).deliver(delivery("a"));
  };

  it("trusts no authority that it does not know", async () => {
    expect((await failure(at("localhost", {}))).message).toContain("self-signed certificate in certificate chain");
  });

  it("does not trust a certificate of another name", async () => {
    const other = { ...trusted.issue("other", "DNS:other.example.net"), ca: trusted.ca };
    const made = await httpReceiver(undefined, other);
    ends.push(() => made.down());
    const output = webhook(`https://localhost:${made.port}/`, { tls: { ca: trusted.ca } });
    expect((await failure(output.deliver(delivery("a")))).message).toContain("altnames");
    expect(made.heard).toEqual([]);
  });

  it("goes to an address whose certificate names it", async () => {
    await at("127.0.0.1", { ca: trusted.ca });
  });
});

describe("an address that no receiver of alerts has", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://255.255.255.255/",
    "http://224.0.0.1/",
    "http://100.100.100.200/",
  ])("is not connected to: %s", async (url) => {
    const { message } = await failure(webhook(url, { totalMillis: 1_000 }).deliver(delivery("a")));
    expect(message).toContain("may not be connected to");
  });

  it("is not connected to when a name stands for it", async () => {
    const { check, lookup } = reachable(["192.0.2.0/24"], "outputs.noc.networks");
    expect(() => check("192.0.2.9")).not.toThrow();
    const found = await new Promise((resolve) => lookup("localhost", { all: true }, (...all) => resolve(all)));
    expect(found).toMatchObject([{ code: "OUTPUT_FAILED", hint: expect.stringContaining("outputs.noc.networks") }, ""]);
    const { port, heard } = await receiver();
    const output = webhook(`http://localhost:${port}/`, { networks: ["192.0.2.0/24"] });
    expect((await failure(output.deliver(delivery("a")))).message).toContain("may not be connected to");
    expect(heard).toEqual([]);
  });

  it("is connected to when its network is listed, and then no other is", async () => {
    const { port } = await receiver();
    await webhook(`http://localhost:${port}/`, { networks: ["127.0.0.0/8", "::1"] }).deliver(delivery("a"));
    expect(() => reachable(["169.254.0.0/16"], "n").check("169.254.169.254")).not.toThrow();
    expect(() => reachable(["169.254.0.0/16"], "n").check("192.0.2.1")).toThrow();
    expect(() => reachable(["10.0.0.0/33"], "n")).toThrow("10.0.0.0/33 is no address or network");
  });

  it("gives a name that is not found as such", async () => {
    const error = await failure(webhook("http://nowhere.invalid/").deliver(delivery("a")));
    expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });
});

it("a port where nobody listens is said so", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const error = await failure(webhook(`http://127.0.0.1:${port}/`).deliver(delivery("a")));
  expect(error).toMatchObject({ refused: false, message: expect.stringContaining("ECONNREFUSED") });
});
