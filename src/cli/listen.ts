/** `telltale listen`: says what it does in plain words, prints alerts, stops cleanly. */
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { consoleOutput, writerTo } from "../output/console.ts";
import { escapeText } from "../output/escape.ts";
import { formatStatus } from "../output/statusline.ts";
import { type Config, readConfig } from "../run/config.ts";
import { type ListenHooks, startListening } from "../run/listen.ts";
import type { FromEngine, FromIngest, Status } from "../run/messages.ts";
import { takeSockets } from "./activation.ts";
import { nodeNotice } from "./node-release.ts";
import { writePortFile } from "./port-file.ts";
import { become, findUser, isRoot, keepFilesPrivate, type User } from "./privileges.ts";
import { supervisorOf } from "./supervisor.ts";
import { terminalWidth, wantsColor } from "./terminal.ts";

interface ListenOptions {
  config?: string;
  db?: string;
  udp?: string[];
  tcp?: string[];
  http?: string;
  tls?: string[];
  rules?: string;
  portFile?: string;
  user?: string;
  json?: boolean;
  lang: "en" | "ja";
}

const STOPS = ["SIGINT", "SIGTERM"] as const;

export async function listenCommand(options: ListenOptions): Promise<void> {
  keepFilesPrivate();
  const config = readConfig(options.config, options);
  const inherited = takeSockets(process.env, process.pid);
  const user = options.user === undefined ? null : findUser(options.user);
  const live = process.stdout.isTTY === true && !options.json;
  const statusLine = createStatusLine(live && process.stderr.isTTY === true);
  const say = (text: string) => {
    statusLine.clear();
    process.stderr.write(`${escapeText(text, { keepNewlines: true })}\n`);
  };
  const output = consoleOutput({
    write: writerTo(process.stdout),
    format: live ? "card" : "json",
    color: wantsColor(),
    width: terminalWidth(),
    lang: options.lang,
  });
  const supervisor = supervisorOf(process.env, process.pid, (why) => say(`Warning: ${why}`));
  let welcome = "";
  const hooks: ListenHooks = {
    ready(about, listening, health) {
      welcome = greeting(about, listening, health, Object.keys(config.outputs), notesOn(config, user));
      if (options.portFile !== undefined) writePortFile(options.portFile, listening.addresses);
    },
    print(entry) {
      statusLine.clear();
      // Without a reader the entry stays first, for the next start.
      return output.deliver(entry).catch(() => new Promise<void>(() => {}));
    },
    status(status) {
      statusLine.show(status);
      supervisor.alive();
    },
    warning: (text) => say(`Warning: ${text}`),
    notice: (text) => say(text),
  };
  const bound = user === null ? undefined : () => become(user);
  const listener = await startListening(config, hooks, {
    inherited,
    bound,
    origin: { file: options.config, overrides: options },
  });
  keepListeningWithoutReaders();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    statusLine.clear();
    if (++signals > 1) process.exit(128 + constants.signals[signal]);
    supervisor.stopping();
    process.stderr.write("Stopping: judging what was received, saving state …\n");
    listener.stop().catch(() => {});
  };
  const onTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor)) && hasTerminal();
  const onHangUp = () => {
    if (onTerminal && !hasTerminal()) onSignal("SIGHUP");
    else listener.reload();
  };
  for (const signal of STOPS) process.on(signal, onSignal);
  process.on("SIGHUP", onHangUp);
  // Last: whoever reads it may send signals from now on.
  process.stderr.write(welcome);
  supervisor.ready();
  await listener.finished;
  for (const signal of STOPS) process.removeListener(signal, onSignal);
  process.removeListener("SIGHUP", onHangUp);
  process.stderr.write("Stopped; state is saved.\n");
}

/** Whether this process belongs to a terminal; one that was closed sends SIGHUP too, and means an end. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** What an operator should change. */
function notesOn({ listen }: Config, user: User | null): string[] {
  return [
    ...(listen.allow.length > 0 ? [] : ["any address may send: set listen.allow to your routers' networks"]),
    ...[nodeNotice(process.versions.node, new Date()) ?? []].flat(),
    ...(isRoot() && user === null ? ["runs as root: --user NAME gives that up once the ports are open"] : []),
  ];
}

function greeting(
  about: Extract<FromEngine, { kind: "ready" }>,
  listening: Extract<FromIngest, { kind: "listening" }>,
  health: string | null,
  outputs: readonly string[],
  notes: readonly string[],
): string {
  const port = /:(\d+)$/.exec(listening.addresses[0] ?? "")?.[1] ?? "5514";
  const lines = [
    "Telltale is listening for syslog.",
    "",
    ...listening.addresses.map((address, i) => `${i === 0 ? "  listens on   " : "               "}${address}`),
    `  stores in    ${about.path} (SQLite ${about.sqliteVersion})`,
    `  rules        ${about.rules} (telltale rules list)`,
    ...(outputs.length === 0 ? [] : [`  tells        the console, ${outputs.join(", ")} (telltale outputs list)`]),
    ...(health === null ? [] : [`  health       ${health}/healthz, /readyz, /metrics`]),
    ...[...listening.hints, ...notes].map((note) => `  note         ${note}`),
    "",
    "Next: `npm run demo` shows an alert without a router. On a router, with this machine's address for 192.0.2.10:",
    `  IOS, IOS XE  logging host 192.0.2.10 transport udp port ${port}`,
    "               logging trap informational",
    "               logging origin-id hostname",
    `  IOS XR       logging 192.0.2.10 vrf default severity info port ${port}`,
    "               logging hostnameprefix <name>",
    "History: `telltale alerts list`. Stop with Ctrl-C.",
    "",
    "",
  ];
  return lines.join("\n");
}

/** One line that is rewritten once a second; nothing where stderr is no terminal. */
function createStatusLine(enabled: boolean) {
  let last = { received: 0, at: 0 };
  let shown = false;
  return {
    show(status: Status): void {
      if (!enabled) return;
      const now = Date.now();
      const rate = last.at === 0 ? 0 : ((status.received - last.received) * 1_000) / Math.max(1, now - last.at);
      last = { received: status.received, at: now };
      process.stderr.write(
        `\r\x1b[K${formatStatus({ ...status, rate, at: now }, { color: wantsColor(), width: process.stderr.columns || 80 })}`,
      );
      shown = true;
    },
    clear(): void {
      if (shown) process.stderr.write("\r\x1b[K");
      shown = false;
    },
  };
}

/** Detection goes on when whoever read stdout or stderr is gone: alerts stay in the outbox for the next start. */
function keepListeningWithoutReaders(): void {
  for (const [name, stream] of [
    ["stdout", process.stdout],
    ["stderr", process.stderr],
  ] as const) {
    stream.removeAllListeners("error");
    stream.on("error", () => {
      if (name === "stdout" && process.stderr.writable) process.stderr.write(GONE);
    });
  }
}

const GONE = "Warning: nobody reads stdout any more; alerts are stored and are told at the next start.\n";
