/** One sender that never pauses beside fifty that say something once a second: nobody quiet is lost, or late. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { alarming, outcomesOf, receivedBy, startReceiver, within } from "./support/receiver.mjs";

/** Sends lines over TCP as fast as they are taken, until it is killed; prints nothing. */
const HOSE = `
  const { connect } = require("node:net");
  const socket = connect(Number(process.argv[1]), "127.0.0.1");
  let n = 0;
  const chunk = () => Array.from({ length: 500 }, () => "<189>" + ++n + ": hose: *Nov  6 16:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up\\n").join("");
  const pour = () => { while (socket.write(chunk())); };
  socket.on("connect", pour).on("drain", pour).on("error", () => {});
`;

export async function run({ long, folder, say }) {
  const seconds = long ? 30 : 8;
  const heard = new Map();
  const listen = '  udp: { addresses: ["127.0.0.1:0"] }\n  tcp: { addresses: ["127.0.0.1:0"] }\n';
  const receiver = await startReceiver(folder, listen, (alert) => {
    if (!heard.has(alert.device)) heard.set(alert.device, performance.now());
  });
  const [udp, tcp] = [receiver.port("udp"), receiver.port("tcp")];
  const streams = await Promise.all(
    Array.from({ length: 25 }, async () => {
      const socket = connect(tcp, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }),
  );
  const datagrams = createSocket("udp4");
  const hose = spawn(process.execPath, ["-e", HOSE, String(tcp)], { stdio: "inherit" });
  const sent = new Map();
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < 50; i++) {
      // A name of its own for each message, so that each is an alert of its own.
      const device = `quiet${i}-${second}`;
      sent.set(device, performance.now());
      if (i < 25) streams[i].write(`${alarming(device)}\n`);
      else datagrams.send(alarming(device), udp, "127.0.0.1");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  await within(10, () => heard.size >= sent.size);
  hose.kill("SIGKILL");
  for (const socket of streams) socket.end();
  datagrams.close();
  const { code, counters } = await receiver.stop();
  const delays = [...sent]
    .flatMap(([device, at]) => (heard.has(device) ? [heard.get(device) - at] : []))
    .sort((a, b) => a - b);
  const p99 = delays[Math.floor(delays.length * 0.99)] ?? Number.POSITIVE_INFINITY;
  say(JSON.stringify(counters.shed));
  return {
    promise: "a sender that never pauses neither displaces nor delays quiet ones",
    figure: `${delays.length} of ${sent.size} alerts of 50 quiet senders, p99 ${Math.round(p99)} ms, beside ${Math.round(receivedBy(counters) / seconds)} messages/s of one`,
    ok:
      code === 0 &&
      delays.length === sent.size &&
      p99 < 2_000 &&
      outcomesOf(counters) === receivedBy(counters) &&
      receivedBy(counters) > sent.size * 10,
  };
}
