/** Lines of routers: one that raises an alert by itself, and ordinary ones. */
import { createSocket } from "node:dgram";
import { connect } from "node:net";

/** One message, one alert: the router's SIP listener is disabled. */
export function alarming(device, n = 1) {
  return `<191>${n}: ${device}: *Nov  2 11:36:47.691: sip_udp_sock_process_read: SIP UDP Listener is DISABLED`;
}

/** A message as there are many. */
export function ordinary(device, n) {
  return `<189>${n}: ${device}: *Nov  2 11:36:47.691: %LINK-3-UPDOWN: Interface GigabitEthernet0/${n % 48}, changed state to up`;
}

/** A sender of datagrams; `sent` counts those that the system took. */
export function datagrams(port) {
  const socket = createSocket("udp4");
  const sender = {
    sent: 0,
    send: (line) =>
      new Promise((resolve) =>
        socket.send(line, port, "127.0.0.1", (error) => {
          if (error === null) sender.sent++;
          resolve();
        }),
      ),
    close: () => socket.close(),
  };
  return sender;
}

/** A stream of lines; resolves once all of them are handed over and the other side has closed too. */
export function stream(port, lines) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(lines.map((line) => `${line}\n`).join("")));
    socket.once("close", resolve).once("error", reject).resume();
  });
}
