/** A day of ordinary messages from routers of all dialects, from a fixed seed: what must raise nothing. */
import { FILLERS, SCENES, type Style, VOICES } from "./quiet-day-lines.ts";

const SEED = 0x5eed_0615;
const LINES = 2_000;
const START = Date.UTC(2021, 5, 15);
const DAY = 86_400_000;
const SCENE_LINES = SCENES.reduce((sum, scene) => sum + scene.lines.length, 0);

/** The text of samples/quiet-day.log: 2,000 lines, each of a made-up router at a documentation address. */
export function quietDay(): string {
  const dice = new Dice(SEED);
  const words = VOICES.flatMap(({ lines, ...voice }) => lines.map((line) => ({ ...voice, line })));
  const chatter = Array.from({ length: LINES - SCENE_LINES }, () => {
    const { style, hosts, line } = dice.pick(words);
    return { at: START + dice.below(DAY), style, host: dice.pick(hosts), lines: [line], booted: false };
  });
  const scenes = SCENES.map(({ clock, booted, ...scene }) => ({
    ...scene,
    at: START + timeOfDay(clock),
    booted: booted === true,
  }));
  const counters = new Map<string, number>();
  const text: string[] = [];
  for (const { at, style, host, lines, booted } of [...scenes, ...chatter].sort((a, b) => a.at - b.at)) {
    if (booted) counters.set(host, 26);
    lines.forEach((line, i) => {
      const counter = (counters.get(host) ?? 1_000 + host.length * 137) + 1;
      counters.set(host, counter);
      const filled = fill(line, dice);
      const message = { at: at + i, host, counter, text: filled, mark: booted ? "*" : "" };
      text.push(filled.startsWith("+") ? continued(style, message) : headed[style](message));
    });
  }
  return `${text.join("\n")}\n`;
}

/** One message before its header is put on. */
interface Message {
  at: number;
  host: string;
  counter: number;
  text: string;
  /** `*` while the clock is not set. */
  mark: string;
}

/** Random numbers that are the same on every machine (mulberry32). */
class Dice {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A whole number from 0, below `n`. */
  below(n: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

function timeOfDay(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return (hours * 60 + minutes) * 60_000;
}

function fill(line: string, dice: Dice): string {
  return line.replace(/\{(\w+)\}/g, (_, name: string) => {
    const words = FILLERS[name];
    return words === undefined ? String(1_024 + dice.below(60_000)) : dice.pick(words);
  });
}

const headed: Record<Style, (message: Message) => string> = {
  // <189>1042: br-oslo-1: Jun 15 2021 00:01:02.123 UTC: %SYS-5-CONFIG_I: …
  ios: ({ at, host, counter, text, mark }) =>
    `${pri(text)}${counter}: ${host}: ${mark}${monthDay(at)} 2021 ${time(at)} UTC: ${text}`,
  // 2021-06-15T00:01:02.123417+00:00 192.0.2.61 1043: 001043: Jun 15 00:01:02.100: %SYS-5-CONFIG_I: …
  "ios-relay": ({ at, host, counter, text }) =>
    `${relay(at)} ${host} ${counter}: ${String(counter).padStart(6, "0")}: ${monthDay(at)} ${time(at)}: ${text}`,
  // <189>1042: asr-old-1: 2y10w: %SEC_LOGIN-5-LOGIN_SUCCESS: …
  "ios-uptime": ({ host, counter, text }) => `${pri(text)}${counter}: ${host}: 2y10w: ${text}`,
  // <189>1 2021-06-15T00:01:02.123Z br-riga-1 - - - - %SYS-5-CONFIG_I: …
  "ios-5424": ({ at, host, text }) => `${pri(text)}1 ${iso(at)}Z ${host} - - - - ${text}`,
  // <189>1042: pe1.hel RP/0/RSP0/CPU0:2021 Jun 15 00:01:02.123 UTC: bgp[1058]: %ROUTING-BGP-5-ADJCHANGE : …
  xr: ({ at, host, counter, text }) => {
    const space = text.indexOf(" ");
    const [node, rest] = [text.slice(0, space), text.slice(space + 1)];
    return `${pri(text)}${counter}: ${host} ${node}:2021 ${monthDay(at)} ${time(at)} UTC: ${rest} `;
  },
  // 0/RP0/ADMIN0:2021 Jun 15 00:01:02.123 UTC: wd_diskmon[3204]: …
  "xr-admin": ({ at, text }) => `0/RP0/ADMIN0:2021 ${monthDay(at)} ${time(at)} UTC: ${text}`,
  // <189>1 2021-06-15T00:01:02.123Z pe1-riga bgp 1058 - - %ROUTING-BGP-5-ADJCHANGE : …
  "xr-5424": ({ at, host, text }) => `${pri(text)}1 ${iso(at)}Z ${host} bgp 1058 - - ${text}`,
  // 2021-06-15T00:01:02.123417+00:00 nx-leaf-1 : 2021 Jun 15 00:01:02 UTC: %ETHPORT-5-IF_UP: …
  "nx-os": ({ at, host, text }) => `${relay(at)} ${host} : 2021 ${monthDay(at)} ${time(at).slice(0, 8)} UTC: ${text}`,
  // <166>2021-06-15T00:01:02Z fw-hq-1 : %ASA-6-302013: …
  asa: ({ at, host, text }) => `${pri(text, 160)}${iso(at).slice(0, 19)}Z ${host} : ${text}`,
  // 2021-06-15T00:01:02.123417+00:00 loghost-1 rsyslogd: …
  relay: ({ at, host, text }) => `${relay(at)} ${host} ${text}`,
};

/** <186>1043: Pool: Processor  Free: 79840  Cause: Memory fragmentation */
function continued(style: Style, { at, host, counter, text }: Message): string {
  const front = style === "ios-relay" ? `${relay(at)} ${host} ` : "<189>";
  return `${front}${counter}: ${text.slice(1)}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The priority of a tag's severity; local7 unless told otherwise. */
function pri(text: string, facility = 184): string {
  return `<${facility + Number(/%[A-Z_-]+-([0-7])-/.exec(text)?.[1] ?? 7)}>`;
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 23);
}

function relay(at: number): string {
  return `${iso(at)}417+00:00`;
}

function time(at: number): string {
  return iso(at).slice(11);
}

function monthDay(at: number): string {
  const date = new Date(at);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
}
