/** `telltale rules new`: a rule to start from, with its advisory where that is new. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TelltaleError } from "../error.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { type NewFile, scaffold } from "../rule/scaffold.ts";
import { print } from "./terminal.ts";

interface NewOptions {
  block?: boolean;
  signal?: boolean;
  into: string;
  json?: boolean;
}

export async function newRuleCommand(advisory: string, id: string | undefined, options: NewOptions): Promise<void> {
  const kind = options.block === true ? "block" : "signal";
  const files = scaffold({ advisory, rule: id ?? `new-${kind}`, kind, into: options.into });
  for (const file of files) write(file);
  if (options.json) return print(`${jsonLine({ files: files.map((file) => file.path) })}\n`);
  const folder = join(options.into, advisory);
  const lines = [
    ...files.map((file, i) => `${i === 0 ? "Made  " : "      "}${file.path}`),
    "",
    "It passes its cases as it stands. Next:",
    ...steps([
      [`telltale rules check ${folder}`, "what is still from the template"],
      [`telltale rules test ${folder} --watch`, "runs the cases each time you save"],
      [`telltale listen --rules ${options.into}`, "takes every edit in while it runs"],
    ]),
  ];
  await print(`${escapeText(lines.join("\n"), { keepNewlines: true })}\n`);
}

function steps(all: [command: string, what: string][]): string[] {
  const width = Math.max(...all.map(([command]) => command.length));
  return all.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`);
}

/** Never writes over a file, not even one that came a moment ago. */
function write({ path, text }: NewFile): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint = "Name a folder that you may write to with --into.";
    const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
    throw new TelltaleError(denied ? "NO_PERMISSION" : "IO", `${path}: cannot be written: ${message}`, hint, error);
  }
}
