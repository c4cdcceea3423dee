/** Terminal captures: which commands were typed at whose prompt, and what each printed. */

/** One line of a capture, as a source cleans it. */
export interface CaptureLine {
  text: string;
  /** A pager waited before it. */
  afterPager: boolean;
}

/** A command and its output. */
export interface Section {
  /** The prompt's host name; null before the first prompt, and for a prompt that names no router. */
  host: string | null;
  /** The prompt is one that only IOS XR has. */
  xr: boolean;
  /** What was typed; null for what stands before the first prompt. */
  command: string | null;
  lines: readonly string[];
  /** Somebody quit the pager, so what is missing says nothing. */
  cut: boolean;
}

/** Cuts a capture at its prompts, and at the headings of `show tech-support`. Stamps that the router prints before the output are left in it. */
export function readSections(lines: readonly CaptureLine[]): Section[] {
  const hosts = hostsOf(lines);
  let kept: string[] = [];
  let current: Section = { host: null, xr: false, command: null, lines: kept, cut: false };
  const sections = [current];
  const begin = (next: Omit<Section, "lines" | "cut">): void => {
    kept = [];
    current = { ...next, lines: kept, cut: false };
    sections.push(current);
  };
  for (let i = 0; i < lines.length; i++) {
    const { text, afterPager } = lines[i]!;
    const prompt = readPrompt(text, hosts);
    if (prompt !== null) {
      if (afterPager) current.cut = true;
      // A terminal of 80 columns wraps a long command; its end is no output.
      const wrapped = text.length >= COLUMNS - 1 && text.length <= COLUMNS ? (lines[i + 1]?.text ?? "") : "";
      const isTail = prompt.command !== "" && TAIL.test(wrapped) && readPrompt(wrapped, hosts) === null;
      if (isTail) i++;
      begin({ ...prompt, command: (prompt.command + (isTail ? wrapped : "")).trim() });
      continue;
    }
    const heading = TECH_HEADING.exec(text)?.[1];
    if (heading !== undefined) begin({ host: current.host, xr: current.xr, command: heading });
    else kept.push(text);
  }
  const last = lines.at(-1);
  if (last?.afterPager && last.text.trim() === "") current.cut = true;
  return sections;
}

/** Whether the router refused the command, so that no output says nothing. */
export function isRefused(section: Section): boolean {
  return section.lines.some((line) => REFUSAL.test(line));
}

interface Prompt {
  host: string | null;
  xr: boolean;
  command: string;
}

/** A prompt is told by its form (IOS XR), by an empty line or a known command after it, or by its host. */
function readPrompt(line: string, hosts: ReadonlySet<string>): Prompt | null {
  const admin = SYSADMIN.exec(line);
  if (admin !== null) return { host: null, xr: true, command: admin[1] ?? "" };
  const found = PROMPT.exec(line);
  if (found === null) return null;
  const [, node, host = "", rest = ""] = found;
  if (node === undefined && rest.trim() !== "" && !COMMAND.test(rest) && !hosts.has(host)) return null;
  return { host, xr: node !== undefined, command: rest };
}

/** Hosts at whose prompt a command of a router was typed. */
function hostsOf(lines: readonly CaptureLine[]): Set<string> {
  const hosts = new Set<string>();
  for (const { text } of lines) {
    const found = PROMPT.exec(text);
    if (found?.[2] !== undefined && (found[1] !== undefined || COMMAND.test(found[3] ?? ""))) hosts.add(found[2]);
  }
  return hosts;
}

// RP/0/RP0/CPU0:xr1#show processes | include ipsec
// r1>show version            r1(config-if)#do show version            fw1/pri/act# show version
const PROMPT =
  /^[ \t]{0,8}(?:((?:RP|LC|DRP|SP|SC)\/\d{1,3}\/[A-Z]{0,4}\d{1,3}\/[A-Z]{1,6}\d{1,3}):)?([A-Za-z0-9_][\w.-]{0,62})(?:\/[\w-]{1,32}){0,3}(?:\([\w./:-]{1,64}\))?[#>][ \t]{0,8}(.*)$/;
// sysadmin-vm:0_RP0# show version        (every IOS XR router calls its administration so)
const SYSADMIN = /^[ \t]{0,8}sysadmin-vm:\w{1,32}#[ \t]{0,8}(.*)$/;
const COMMAND =
  /^(?:do[ \t]+|admin[ \t]+)?(?:sho?w?|ter[a-z]*|conf[a-z]*|ena?b?l?e?|exit|end|quit|logout|admin|ping|telnet|ssh|process|reload|copy|write|wr|dir)(?:[ \t]|$)/i;
const TAIL = /^[\w|"^$.*]{1,40}$/;
const COLUMNS = 80;

// ------------------ show version ------------------
const TECH_HEADING = /^-{3,40}[ \t]{0,8}(show [^-\n]{1,80}?)[ \t]{0,8}-{3,40}[ \t]*$/i;

// % Invalid input detected at '^' marker.
// Command authorization failed.
// syntax error: unknown argument
const REFUSAL = /^[ \t]*(?:ERROR: )?% ?[A-Z][a-z]|authorization failed|not authorized|^syntax error/i;
