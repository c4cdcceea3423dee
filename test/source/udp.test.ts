/** What the UDP listener does beyond the contract. */
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces, platform } from "node:os";
import { afterEach, expect, test } from "vitest";
import { dropsInTable, socketKey } from "../../src/source/kernel-drops.ts";
import type { Source } from "../../src/source/source.ts";
import { receiveBufferHint, udpSource } from "../../src/source/udp.ts";
import { collect } from "./contract.ts";

const open: (Source | Socket)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) {
    if ("stop" in one) await one.stop();
    else await new Promise<void>((resolve) => one.close(() => resolve()));
  }
});

function port(source: Source): number {
  return Number(/:(\d+)$/.exec(source.address)?.[1]);
}

async function send(to: number, messages: readonly (string | Uint8Array)[], host = "127.0.0.1"): Promise<Socket> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  open.push(socket);
  for (const message of messages) await new Promise<void>((resolve) => socket.send(message, to, host, () => resolve()));
  return socket;
}

test("ten thousand empty datagrams between good ones stop nothing", async () => {
  const source = udpSource({ host: "127.0.0.1", port: 0 });
  open.push(source);
  const { frames, deliver, reached } = collect();
  await source.start(deliver);
  for (let round = 0; round < 100; round++) {
    await send(port(source), [...new Array<string>(100).fill(""), `<189>${round}: a`]);
    await reached((round + 1) * 101);
  }
  expect(frames.filter((frame) => frame.raw.length === 0).length).toBe(10_000);
  expect(frames.filter((frame) => frame.raw.length > 0).length).toBe(100);
});

test("a datagram of 65,507 bytes is cut to the limit and counted whole", async () => {
  const source = udpSource({ host: "127.0.0.1", port: 0, maxBytes: 1000 });
  open.push(source);
  const { frames, deliver, reached } = collect();
  await source.start(deliver);
  await send(port(source), [new Uint8Array(65_507).fill(0x41), new Uint8Array(1000).fill(0x42)]);
  await reached(2);
  expect(frames.map((frame) => [frame.raw.length, frame.raw.buffer.byteLength, ...frame.flags])).toEqual([
    [1000, 1000, "truncated"],
    [1000, 1000],
  ]);
  expect(source.stats()).toMatchObject({ received: 2, bytes: 66_507, truncated: 1 });
});

test("IPv4 and IPv6 listen on one port side by side", async () => {
  const six = udpSource({ host: "::", port: 0 });
  open.push(six);
  const both = collect();
  await six.start(both.deliver);
  const four = udpSource({ host: "0.0.0.0", port: port(six) });
  open.push(four);
  await four.start(both.deliver);
  await send(port(six), ["four"]);
  await both.reached(1);
  await send(port(six), ["six"], "::1");
  await both.reached(2);
  expect(both.frames.map((frame) => frame.from)).toEqual(["127.0.0.1", "::1"]);
  expect(six.stats().received).toBe(1);
});

test("a sender gets no answer", async () => {
  const source = udpSource({ host: "127.0.0.1", port: 0 });
  open.push(source);
  const { deliver, reached } = collect();
  await source.start(deliver);
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  open.push(socket);
  let answers = 0;
  socket.on("message", () => answers++);
  await new Promise<void>((resolve) => socket.once("listening", resolve));
  socket.send("<189>1: a", port(source), "127.0.0.1");
  await reached(1);
  await source.stop();
  await new Promise((resolve) => setImmediate(resolve));
  expect(answers).toBe(0);
});

test("the receive buffer says what was asked and what was got, and how to get more", async () => {
  const source = udpSource({ host: "127.0.0.1", port: 0, receiveBufferBytes: 100_000 });
  open.push(source);
  await source.start(() => {});
  expect(source.receiveBuffer().asked).toBe(100_000);
  expect(source.receiveBuffer().effective).toBeGreaterThanOrEqual(100_000);
  expect(receiveBufferHint(source.receiveBuffer())).toBeNull();
  expect(receiveBufferHint({ asked: 8_388_608, effective: 212_992 })).toContain("sysctl -w net.core.rmem_max=8388608");
});

test("an address of another machine is refused with what to do", async () => {
  const error = await udpSource({ host: "192.0.2.1", port: 0 })
    .start(() => {})
    .then(
      () => null,
      (reason) => reason,
    );
  expect(error).toMatchObject({ code: "ADDRESS_UNAVAILABLE", exitCode: 69 });
  expect(error.message).toContain("192.0.2.1");
});

test("a link-local sender has no zone in its address", async () => {
  const local = Object.entries(networkInterfaces()).flatMap(([name, all]) =>
    (all ?? []).filter((one) => one.address.startsWith("fe80:")).map((one) => `${one.address}%${name}`),
  );
  for (const address of local.slice(0, 1)) {
    const source = udpSource({ host: address, port: 0 });
    open.push(source);
    const { frames, deliver, reached } = collect();
    await source.start(deliver);
    await send(port(source), ["a"], address);
    await reached(1);
    expect(frames[0]!.from).toBe(address.replace(/%.*/, ""));
  }
});

test.runIf(platform() === "linux")(
  "received and dropped datagrams add up to those sent, however small the buffer",
  async () => {
    const source = udpSource({ host: "127.0.0.1", port: 0, receiveBufferBytes: 65_536 });
    open.push(source);
    const { frames, deliver } = collect();
    await source.start(deliver);
    expect(source.kernelDrops()).toBe(0);
    const socket = createSocket("udp4");
    open.push(socket);
    await new Promise<void>((resolve) => socket.connect(port(source), "127.0.0.1", () => resolve()));
    const block = Buffer.alloc(1000, 0x41);
    // Sent in one turn, so that nobody reads meanwhile.
    for (let i = 0; i < 2000; i++) socket.send(block);
    for (let quiet = -1; quiet !== frames.length; await new Promise((resolve) => setTimeout(resolve, 100)))
      quiet = frames.length;
    expect(source.kernelDrops()).toBeGreaterThan(0);
    expect(frames.length + source.kernelDrops()!).toBe(2000);
    await source.stop();
    expect(frames.length + source.kernelDrops()!).toBe(2000);
  },
);

test("the kernel's table is read by address and port", () => {
  const table = [
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
    "  101: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2 0000000000000000 17",
    "  102: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4243 2 0000000000000000 3",
    "  103: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4244 2 0000000000000000 4",
  ].join("\n");
  expect(dropsInTable(table, "0100007F:158A")).toBe(17);
  expect(dropsInTable(table, "00000000:158A")).toBe(3 + 4);
  expect(dropsInTable(table, "0100007F:158B")).toBeNull();
});

test.runIf(new Uint8Array(Uint16Array.of(1).buffer)[0] === 1)(
  "addresses are written as a little-endian kernel does",
  () => {
    expect(socketKey("127.0.0.1", 5514)).toBe("0100007F:158A");
    expect(socketKey("::1", 514)).toBe("00000000000000000000000001000000:0202");
    expect(socketKey("2001:db8::7", 514)).toBe("B80D0120000000000000000007000000:0202");
  },
);

test("what the kernel holds at the stop is still read", async () => {
  const source = udpSource({ host: "127.0.0.1", port: 0 });
  open.push(source);
  const { frames, deliver } = collect();
  await source.start(deliver);
  const sender = createSocket("udp4");
  open.push(sender);
  await new Promise<void>((resolve) => sender.connect(port(source), "127.0.0.1", resolve));
  const sent = Promise.all(
    Array.from({ length: 500 }, (_, i) => new Promise((resolve) => sender.send(`<189>${i}: a`, resolve))),
  );
  const stopped = source.stop();
  await Promise.all([sent, stopped]);
  expect(frames.length).toBe(500);
  expect(source.stats().received).toBe(500);
});
