/** Connections, limits and deadlines of the TCP listener. */
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { type TcpOptions, tcpSource } from "../../src/source/stream.ts";
import { collect } from "./contract.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

async function listen(options: Partial<TcpOptions> = {}) {
  const source = tcpSource({ host: "127.0.0.1", port: 0, ...options });
  const heard = collect();
  await source.start(heard.deliver);
  cleanup.push(() => source.stop());
  const texts = () => heard.frames.map((frame) => Buffer.from(frame.raw).toString("latin1"));
  const dial = async (): Promise<Socket> => {
    const socket = connect(Number(source.address.split(":").pop()), "127.0.0.1");
    socket.on("error", () => {});
    cleanup.push(() => void socket.destroy());
    await new Promise((resolve) => socket.once("connect", resolve));
    return socket;
  };
  return { source, ...heard, texts, dial };
}

const closed = (socket: Socket): Promise<void> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.resume().once("close", () => resolve()));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

/** Connects, and sends a hundred messages at once when it is told to. */
const SENDER = `
  const { connect } = require("node:net");
  const { port, flag } = require("node:worker_threads").workerData;
  const socket = connect(port, "127.0.0.1", () => {
    Atomics.wait(flag, 0, 0);
    socket.write("<189>1: a\\n".repeat(100), () => {
      Atomics.store(flag, 0, 2);
      Atomics.notify(flag, 0);
    });
  });
`;

describe("a TCP listener", () => {
  test("hears what comes byte by byte over many connections", async () => {
    const { dial, reached, frames } = await listen();
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const socket = await dial();
        socket.setNoDelay(true);
        for (const byte of Buffer.from(`<189>${i}: a\r\n9 <189>1: b`)) socket.write(Uint8Array.of(byte));
        socket.end();
      }),
    );
    await reached(20);
    expect(frames.length).toBe(20);
  });

  test("gives out an unterminated line after a silence, and the next one", async () => {
    const { dial, reached, texts, frames } = await listen({ idleFlushMs: 20 });
    const socket = await dial();
    socket.write("<189>1: a<189>2: b");
    await reached(2);
    socket.write("<189>3: c");
    await reached(3);
    expect(texts()).toEqual(["<189>1: a", "<189>2: b", "<189>3: c"]);
    expect(frames.map((frame) => frame.flags)).toEqual([["split"], ["split"], []]);
  });

  test("gives out what is left when the sender closes or resets", async () => {
    const { dial, reached, texts, source } = await listen({ idleFlushMs: 60_000 });
    (await dial()).end("<189>1: a");
    await reached(1);
    const socket = await dial();
    socket.write("<189>2: b");
    await until(() => source.stats().bytes === 18);
    socket.resetAndDestroy();
    await reached(2);
    expect(texts()).toEqual(["<189>1: a", "<189>2: b"]);
    await until(() => source.stats().connections === 0);
  });

  test("gives out what was read when it is stopped, and closes every connection", async () => {
    const { dial, texts, source } = await listen({ idleFlushMs: 60_000 });
    const socket = await dial();
    socket.write("<189>1: a\n<189>2: b");
    await until(() => source.stats().bytes === 19);
    await source.stop();
    expect(texts()).toEqual(["<189>1: a", "<189>2: b"]);
    await closed(socket);
  });

  test("reads what the kernel already holds when it is stopped", async () => {
    const { source, frames } = await listen();
    const port = Number(source.address.split(":").pop());
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const sender = new Worker(SENDER, { eval: true, workerData: { port, flag } });
    cleanup.push(async () => void (await sender.terminate()));
    await until(() => source.stats().connections === 1);
    // While this thread waits, nobody reads.
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    Atomics.wait(flag, 0, 1);
    expect(frames.length).toBe(0);
    await source.stop();
    expect(frames.length).toBe(100);
  });

  test("does not wait for a sender that never pauses when it is stopped", async () => {
    const { dial, source } = await listen();
    const socket = await dial();
    const flood = () => {
      while (socket.writable && socket.write("<189>1: a\n".repeat(1_000)));
    };
    socket.on("drain", flood);
    flood();
    await until(() => source.stats().received > 1_000);
    const began = performance.now();
    await source.stop();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("holds exactly the connections it may, and says how many it refused", async () => {
    const { dial, source, reached } = await listen({ maxConnections: 10 });
    const sockets = await Promise.all(Array.from({ length: 20 }, dial));
    await until(() => source.stats().rejected === 10);
    expect(source.stats()).toMatchObject({ connections: 10, rejected: 10 });
    for (const socket of sockets) socket.write("<189>1: a\n");
    await reached(10);
    for (const socket of sockets) socket.destroy();
    await until(() => source.stats().connections === 0);
    (await dial()).end("<189>2: b\n");
    await reached(11);
  });

  test("holds no more from one address than it may", async () => {
    const { dial, source } = await listen({ maxConnectionsPerAddress: 3 });
    await Promise.all(Array.from({ length: 5 }, dial));
    await until(() => source.stats().rejected === 2);
    expect(source.stats().connections).toBe(3);
  });

  test.each<[string, Partial<TcpOptions>, string, string[]]>([
    ["says nothing", { firstByteTimeoutMs: 20 }, "", []],
    ["falls silent", { idleTimeoutMs: 20 }, "<189>1: a\n", ["<189>1: a"]],
    ["never completes a counted message", { frameTimeoutMs: 20, idleFlushMs: 5 }, "500 <189>1: a", ["<189>1: a"]],
    ["announces ten gigabytes", { frameTimeoutMs: 20, idleFlushMs: 5 }, "9999999999 <189>1: a", ["<189>1: a"]],
    [
      "never ends a line that is too long",
      { frameTimeoutMs: 20, idleFlushMs: 5, maxBytes: 9 },
      "<189>1: a%SYS-5-X: b",
      ["<189>1: a"],
    ],
  ])("cuts a sender that %s", async (_, options, text, expected) => {
    const { dial, source, texts } = await listen(options);
    const socket = await dial();
    socket.write(text);
    await closed(socket);
    await until(() => source.stats().connections === 0);
    expect(source.stats().rejected).toBe(1);
    expect(texts()).toEqual(expected);
  });

  test("cuts a sender that drips a message byte by byte", async () => {
    const { dial, source } = await listen({ frameTimeoutMs: 60, idleFlushMs: 1000 });
    const socket = await dial();
    socket.setNoDelay(true);
    const drip = setInterval(() => socket.write("x"), 5);
    cleanup.push(() => clearInterval(drip));
    await closed(socket);
    expect(source.stats()).toMatchObject({ rejected: 1, received: 1 });
  });

  test.each(["x", "<", "<189>", "Mar  1 "])(
    "cuts a sender that drips %j, however long it waits in between",
    async (drop) => {
      const { dial, source } = await listen({ frameTimeoutMs: 100, idleFlushMs: 5 });
      const socket = await dial();
      socket.setNoDelay(true);
      const drip = setInterval(() => socket.write(drop), 20);
      cleanup.push(() => clearInterval(drip));
      await closed(socket);
      expect(source.stats()).toMatchObject({ received: 1, refused: { "message-too-slow": 1 } });
    },
  );

  test("keeps a sender whose last byte was a stray blank", async () => {
    const { dial, source, reached } = await listen({ frameTimeoutMs: 10, idleFlushMs: 5 });
    const socket = await dial();
    socket.write("<189>1: a\n ");
    await reached(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.stats()).toMatchObject({ connections: 1, rejected: 0 });
    socket.write("<189>2: b\n");
    await reached(2);
  });

  test("reads nothing while paused, cuts nobody for it, and goes on", async () => {
    const { dial, source, reached, texts } = await listen({
      idleTimeoutMs: 20,
      firstByteTimeoutMs: 20,
      idleFlushMs: 10,
    });
    source.pause();
    const socket = await dial();
    await until(() => source.stats().connections === 1);
    socket.write("<189>1: a\n");
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(source.stats()).toMatchObject({ received: 0, bytes: 0, connections: 1 });
    source.resume();
    await reached(1);
    expect(texts()).toEqual(["<189>1: a"]);
  });

  test("survives a thousand resets", async () => {
    const { dial, source } = await listen({ maxConnectionsPerAddress: 10_000 });
    for (let round = 0; round < 20; round++) {
      const sockets = await Promise.all(Array.from({ length: 50 }, dial));
      for (const socket of sockets) {
        socket.write("<189>1: a\n1");
        socket.resetAndDestroy();
      }
    }
    await until(() => source.stats().connections === 0);
  });
});
