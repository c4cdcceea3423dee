/** The fence around the npm package syslog-server. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import type { TelltaleError } from "../../src/error.ts";
import type { Source } from "../../src/source/source.ts";
import { syslogServerSource } from "../../src/source/syslog-server.ts";

const open: Source[] = [];
afterEach(async () => {
  for (const source of open.splice(0)) await source.stop();
});

const failure = (source: Source): Promise<TelltaleError | null> =>
  source
    .start(() => {})
    .then(
      () => null,
      (error) => error,
    );

test("a port that another program holds is refused at once, and the driver can be used afterwards", async () => {
  const holder: Socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(holder, "listening");
  const port = holder.address().port;
  const began = performance.now();
  expect(await failure(syslogServerSource({ host: "127.0.0.1", port }))).toMatchObject({ code: "ADDRESS_IN_USE" });
  expect(performance.now() - began).toBeLessThan(1000);
  holder.close();
  await once(holder, "close");
  const source = syslogServerSource({ host: "127.0.0.1", port });
  open.push(source);
  await source.start(() => {});
  expect(source.address).toBe(`udp://127.0.0.1:${port}`);
});

test("a second listener in the process is refused and leaves the first alone", async () => {
  const first = syslogServerSource({ host: "127.0.0.1", port: 0 });
  open.push(first);
  const heard = new Promise<string>(
    (resolve) => void first.start((frame) => resolve(Buffer.from(frame.raw).toString())),
  );
  await new Promise((resolve) => setImmediate(resolve));
  const second = syslogServerSource({ host: "127.0.0.1", port: 0 });
  expect(await failure(second)).toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("one listener per process"),
  });
  await second.stop();
  const sender = createSocket("udp4");
  while (first.address.endsWith(":0")) await new Promise((resolve) => setImmediate(resolve));
  sender.send("<189>1: a", Number(first.address.split(":").pop()), "127.0.0.1");
  const repeat = setInterval(() => sender.send("<189>1: a", Number(first.address.split(":").pop()), "127.0.0.1"), 20);
  expect(await heard).toBe("<189>1: a");
  clearInterval(repeat);
  sender.close();
});

test.each(["::1", "::", "2001:db8::1"])("the IPv6 address %s is refused with a way out", async (host) => {
  const error = await failure(syslogServerSource({ host, port: 0 }));
  expect(error).toMatchObject({ code: "CONFIG_INVALID", hint: expect.stringContaining("native") });
  expect(error?.message).toContain(host);
});
