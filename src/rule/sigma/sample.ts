/** Lines as a router would print them, made up so that a rule fires: the first case of an imported rule. */
import type { Example } from "./tree.ts";

/** A step of a case, as rule files have them. */
export type Step = { lines: string } | { after: string };

const TAG = /%?\b([A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*)-([0-7])-([A-Z][A-Z0-9_]*)(?: ?: ?)?/;

/** One line that says what the example asks for; `n` counts the lines, so that no two are alike. */
export function lineOf(example: Example, commands: boolean, n: number): string {
  const said = textOf(example);
  const found = TAG.exec(said);
  const lead = commands && found === null && !/\[user: |logged command/i.test(said);
  const [facility, severity, mnemonic] =
    found !== null
      ? [found[1]!, Number(found[2]), found[3]!]
      : commands
        ? ["PARSER", 5, "CFGLOG_LOGGEDCMD"]
        : ["SYS", 5, "USERLOG_NOTICE"];
  const rest = found === null ? said : said.replace(found[0], "").trimStart();
  const tag = `${example.facility ?? facility}-${example.severity ?? severity}-${example.mnemonic ?? mnemonic}`;
  const text = `${lead && example.whole === undefined && example.start === undefined ? "User:admin  logged command:" : ""}${rest}`;
  return `${headerOf(example, Number(/-([0-7])-/.exec(tag)?.[1] ?? 5), n)}%${tag}${example.node === undefined && example.process === undefined ? ":" : " :"} ${text}`;
}

function headerOf(example: Example, severity: number, n: number): string {
  const pri = `<${184 + severity}>${100 + n}: `;
  const time = `Mar  4 12:00:${String(Math.floor(n / 1000)).padStart(2, "0")}.${String(n % 1000).padStart(3, "0")}`;
  const device = example.device ?? "r1";
  if (example.node === undefined && example.process === undefined) return `${pri}${device}: ${time}: `;
  return `${pri}${device} ${example.node ?? "RP/0/RSP0/CPU0"}:${time} UTC: ${example.process ?? "sysmgr"}[123]: `;
}

function textOf({ whole, start, parts, end }: Example): string {
  if (whole !== undefined) return whole;
  const all = [start, ...(parts ?? []), end].filter((part) => part !== undefined && part !== "") as string[];
  const needed = all.filter(
    (part, i) => !all.some((other, j) => j !== i && other.includes(part) && (other !== part || j < i)),
  );
  return needed.join(" ");
}

/** A line on which no rule should fire. */
export const QUIET_LINES = [
  "<189>101: r1: Mar  4 12:00:00.101: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up",
  "<190>101: r1: Mar  4 12:00:00.101: %CDP-6-NBR: A neighbour was heard",
];
