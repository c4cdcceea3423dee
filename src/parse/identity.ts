/** Which router a message is from: the first name that is there and is not a vendor's default. */
import type { Frame } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { ParsedLine } from "./parse.ts";

/** Names that routers carry before anyone names them: they identify nobody. */
const DEFAULT_NAMES = new Set(["ios", "router", "switch", "localhost"]);

/** Hostnameprefix or origin-id; RFC 5424 HOSTNAME; relay host; socket address. A capture has no socket:
 * there it is the prompt's host name, else the file's stem (`stdin` for `-`). */
export function identify(line: ParsedLine, frame: Frame, promptHost: string | null): string {
  for (const name of [line.origin, line.hostname, line.relay]) if (isIdentity(name)) return name;
  if (frame.transport !== "file") return frame.from;
  return isIdentity(promptHost) ? promptHost : fileStem(frame.from);
}

/** `logs/edge1.2020.log.gz` -> `edge1.2020`. */
export function fileStem(path: string): string {
  if (path === "-") return "stdin";
  const base = path.slice(path.lastIndexOf("/") + 1);
  return base.replace(/\.(?:gz|zst)$/, "").replace(/(?<=.)\.(?:log|txt|syslog|out|cap|json)$/, "") || base;
}

/** Whether a name says which device it is. */
export function isIdentity(name: string | null): name is string {
  return name !== null && name !== "" && !DEFAULT_NAMES.has(deviceKey(name));
}
