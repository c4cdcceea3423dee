/** Syslog as an output: messages that programs and our own parser read back, over UDP, TCP and TLS. */
import { createSocket } from "node:dgram";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { LEVELS } from "../../src/model.ts";
import { OutputError } from "../../src/output/output.ts";
import { reachable } from "../../src/output/reachable.ts";
import { type SyslogTransport, syslogOutput } from "../../src/output/syslog.ts";
import { syslogMessage } from "../../src/output/syslog-message.ts";
import { streamTransport } from "../../src/output/syslog-stream.ts";
import { udpTransport } from "../../src/output/syslog-udp.ts";
import type { TlsFiles } from "../../src/output/tls-files.ts";
import { parseLine } from "../../src/parse/parse.ts";
import { authority } from "../support/certificates.ts";
import { unprintable } from "./attacks.ts";
import { delivery, type OutputBench, outputContract } from "./contract.ts";
import { type Receiver, settled, syslogReceiver, udpReceiver } from "./receivers.ts";
import { alert, hostileAlert, START } from "./support.ts";

const trusted = authority();
const server = { ...trusted.issue("siem", "DNS:localhost,DNS:siem.example.net"), ca: trusted.ca };
const client = trusted.issue("collector", "DNS:collector");

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const anywhere = { reachable: reachable([], "networks"), connectMillis: 5_000, totalMillis: 10_000 };
const syslog = (transport: SyslogTransport) =>
  syslogOutput({
    name: "siem",
    target: "tcp://siem.example.net:514",
    host: "collector",
    facility: "local0",
    transport,
  });

function bench(make: () => Promise<Receiver>, transport: (port: number) => SyslogTransport) {
  return async (): Promise<OutputBench> => {
    const made = await make();
    const output = syslog(transport(made.port));
    let sent = 0;
    return {
      output: {
        ...output,
        deliver: async (entry) => {
          await output.deliver(entry);
          sent++;
        },
      },
      // What the system has taken is on its way.
      received: async () => {
        while (made.received.length < sent) await settled();
        return made.received;
      },
      fail: made.down,
      mend: made.up,
      free: made.down,
    };
  };
}

outputContract(
  "syslog over UDP",
  bench(udpReceiver, (port) => udpTransport({ host: "127.0.0.1", port, ...anywhere })),
);
outputContract(
  "syslog over TCP",
  bench(
    () => syslogReceiver(),
    (port) => streamTransport({ host: "127.0.0.1", port, ...anywhere }),
  ),
);
outputContract(
  "syslog over TLS with a certificate of its own",
  bench(
    () => syslogReceiver({ ...server, requestCert: true }),
    (port) => streamTransport({ host: "localhost", port, tls: { ca: trusted.ca, ...client }, ...anywhere }),
  ),
);

/** Structured data of RFC 5424 read back, section 6.3. */
function paramsOf(message: string): Record<string, string> {
  const data = /\[telltale@32473((?: [a-zA-Z]+="(?:[^"\\\]]|\\.)*")*)\]/.exec(message)![1]!;
  const found = [...data.matchAll(/ ([a-zA-Z]+)="((?:[^"\\\]]|\\.)*)"/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name, value!.replace(/\\(["\\\]])/g, "$1")]));
}

describe("a message of syslog", () => {
  it("says in fields and in a line what happened", () => {
    const entry = { change: "status" as const, at: START, alert: alert({ status: "resolved" }) };
    const message = syslogMessage(entry, "collector.example.net", "local4").toString("utf8");
    const [head, text] = message.split(" \ufeff") as [string, string];
    expect(head).toMatch(
      /^<162>1 2026-03-04T12:00:00\.000Z collector\.example\.net telltale - resolved \[telltale@32473 /,
    );
    expect(paramsOf(message)).toEqual({
      id: entry.alert.id,
      delivery: `${entry.alert.id}.resolved.${START}`,
      change: "resolved",
      status: "resolved",
      level: "critical",
      confidence: "high",
      rule: "packet-memory-exhausted",
      advisory: "cisco-sa-iosxr-ipsec-dos-q8UPX6m",
      verdict: "ipsec-pp-exhausts-pak-fsv",
      device: "edge1.example.net",
      node: "RP/0/RSP0/CPU0",
      address: "192.0.2.7",
      count: "2",
      sourceAuth: "none",
    });
    expect(text).toBe(
      `CRITICAL edge1.example.net RP/0/RSP0/CPU0: IPsec packet memory exhausted on RP/0/RSP0/CPU0 (ipsec-pp-exhausts-pak-fsv, high confidence). resolved, 2 reports; telltale alerts show ${entry.alert.id}`,
    );
  });

  it.each(LEVELS.map((level, i) => [level, 16 * 8 + 6 - i] as const))(
    "of level %s has priority %d",
    (level, priority) => {
      const message = syslogMessage({ ...delivery("a"), alert: alert({ level }) }, "c", "local0");
      expect(message.toString()).toMatch(new RegExp(`^<${priority}>1 `));
    },
  );

  it("is one printable line below 8 KiB that our own parser reads, whatever the alert holds", () => {
    const finite = hostileAlert.map((one) => ({ ...one, count: 3 }));
    fc.assert(
      fc.property(finite, fc.string({ unit: "binary" }), (any, host) => {
        const message = syslogMessage({ change: "opened", at: START, alert: any }, host, "daemon");
        const text = message.toString("utf8");
        expect(Buffer.from(text)).toEqual(message);
        expect(message.length).toBeLessThan(8_192);
        expect(unprintable(text.replace("\ufeff", ""))).toEqual([]);
        expect(text).not.toContain("\n");
        expect(Object.keys(paramsOf(text))).toHaveLength(
          14 - [any.node, any.address].filter((one) => one === null).length,
        );
        const line = parseLine(message, false);
        expect(line).toMatchObject({ envelope: "rfc5424", tag: null });
      }),
      { numRuns: 300 },
    );
  });

  it("never ends in half an escape", () => {
    for (let length = 240; length < 260; length++) {
      const device = `${"a".repeat(length)}"]\\`;
      const message = syslogMessage({ ...delivery("a"), alert: alert({ device }) }, "c", "local0").toString();
      expect(paramsOf(message).sourceAuth).toBe("none");
    }
  });
});

describe("a syslog server", () => {
  const failure = async (work: Promise<void>): Promise<OutputError> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(OutputError);
    return error as OutputError;
  };
  const rawServer = async (talk: (socket: Socket) => void): Promise<number> => {
    const sockets: Socket[] = [];
    const made = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      talk(socket);
    });
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      made.close();
    });
    return (made.address() as AddressInfo).port;
  };
  const stream = (port: number, parts: { tls?: TlsFiles; host?: string; limit?: number } = {}) => {
    const { tls, host = "127.0.0.1", limit = 10_000 } = parts;
    const to = { host, port, reachable: anywhere.reachable, connectMillis: limit, totalMillis: limit };
    const output = syslog(streamTransport(tls === undefined ? to : { ...to, tls }));
    ends.push(() => output.close());
    return output;
  };

  it("that reads nothing is left when its buffers are full", async () => {
    const output = stream(await rawServer((socket) => socket.pause()), { limit: 200 });
    const entry = { ...delivery("a"), alert: alert({ device: "d".repeat(255) }) };
    let taken = 0;
    const fill = async () => {
      for (; taken < 100_000; taken++) await output.deliver(entry);
    };
    expect((await failure(fill())).message).toContain("the message was not taken within 0.2 s");
    expect(taken).toBeGreaterThan(0);
  });

  it("that talks without end is left", async () => {
    let closed = false;
    const port = await rawServer((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(16_384)));
        if (!socket.destroyed) socket.once("drain", more);
      };
      more();
      socket.on("close", () => {
        closed = true;
      });
    });
    await stream(port).deliver(delivery("a"));
    while (!closed) await settled();
  });

  it("that does not agree on TLS is left at the deadline for connections", async () => {
    const output = stream(await rawServer(() => {}), { tls: {}, limit: 150 });
    expect((await failure(output.deliver(delivery("a")))).message).toContain("no connection within 0.15 s");
  });

  it.each<[string, string, TlsFiles, string]>([
    ["of an authority that is not known", "localhost", {}, "certificate"],
    ["whose certificate has another name", "127.0.0.1", { ca: trusted.ca }, "altnames"],
    ["whose certificate has not the name that is wanted", "localhost", { ca: trusted.ca, servername: "other.example.net" }, "altnames"], // biome-ignore format: a table
  ])("%s gets nothing", async (_, host, tls, why) => {
    const made = await syslogReceiver(server);
    ends.push(() => made.down());
    expect((await failure(stream(made.port, { host, tls }).deliver(delivery("a")))).message).toContain(why);
    await settled();
    expect(made.received).toEqual([]);
  });

  it("whose certificate has the name that is wanted, not the host's, gets it", async () => {
    const made = await syslogReceiver(server);
    ends.push(() => made.down());
    await stream(made.port, { tls: { ca: trusted.ca, servername: "siem.example.net" } }).deliver(delivery("a"));
    await settled();
    expect(made.received).toHaveLength(1);
  });

  it("that wants to know who sends is not believed before it has seen a certificate", async () => {
    const made = await syslogReceiver({ ...server, requestCert: true });
    ends.push(() => made.down());
    const nobody = stream(made.port, { host: "localhost", tls: { ca: trusted.ca } });
    for (let i = 0; i < 3; i++) await failure(nobody.deliver(delivery("a")));
    const known = stream(made.port, { host: "localhost", tls: { ca: trusted.ca, ...client } });
    await known.deliver(delivery("b"));
    while (made.received.length === 0) await settled();
    expect(made.received[0]).toContain(delivery("b").alert.id);
  });

  it("at an address for metadata gets nothing, over any transport", async () => {
    const host = "169.254.169.254";
    for (const transport of [
      udpTransport({ host, port: 514, ...anywhere }),
      streamTransport({ host, port: 514, ...anywhere }),
    ])
      expect((await failure(syslog(transport).deliver(delivery("a")))).message).toContain("may not be connected to");
  });

  it("over UDP may be named", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const got = new Promise<string>((resolve) => socket.once("message", (message) => resolve(String(message))));
    const only = { ...anywhere, reachable: reachable(["127.0.0.0/8"], "networks") };
    await syslog(udpTransport({ host: "localhost", port: socket.address().port, ...only })).deliver(delivery("a"));
    expect(await got).toContain(delivery("a").alert.id);
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    const lost = syslog(udpTransport({ host: "nowhere.invalid", port: 514, ...anywhere }));
    await failure(lost.deliver(delivery("a")));
  });
});
