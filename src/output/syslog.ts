/** A syslog server as an output: RFC 5424 messages over UDP (RFC 5426), TCP (RFC 6587, octet counting) or TLS (RFC 5425). */
import { closedError, type Output, OutputError } from "./output.ts";
import { type Facility, syslogMessage } from "./syslog-message.ts";

/** Sends messages one after another. */
export interface SyslogTransport {
  /** Resolves when the system has taken the message; rejects with any error. */
  send(message: Buffer): Promise<void>;
  close(): void;
}

export interface SyslogOptions {
  name: string;
  /** Where to, for errors: `tls://siem.example.net:6514`. */
  target: string;
  host: string;
  facility: Facility;
  transport: SyslogTransport;
}

/** The server. Syslog has no answers: a message counts as delivered once the system has taken it. */
export function syslogOutput({ name, target, host, facility, transport }: SyslogOptions): Output {
  let closed = false;
  return {
    name,
    async deliver(entry) {
      if (closed) throw closedError(name);
      try {
        await transport.send(syslogMessage(entry, host, facility));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        const hint =
          cause instanceof OutputError ? cause.hint : "Check the address and that the server runs and can be reached.";
        throw new OutputError(`${target}: ${why}`, hint, { cause });
      }
    },
    async close() {
      closed = true;
      transport.close();
    },
  };
}
