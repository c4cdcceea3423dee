/** The types of the npm package syslog-server 1.0.1, which brings none. */
declare module "syslog-server" {
  import { EventEmitter } from "node:events";

  interface SyslogMessage {
    date: Date;
    host: string;
    message: string;
    protocol: string;
  }
  class SyslogServer extends EventEmitter {
    start(options: { port: number; address: string; exclusive: boolean }): Promise<void>;
    stop(): Promise<void>;
    isRunning(): boolean;
    on(event: "message", listener: (message: SyslogMessage) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
  }
  export default SyslogServer;
}
