/** Which router a message is from: the first name that is there and is not a vendor's default. */
import type { Frame } from "../model.ts";
import { deviceKey } from "../model.ts";
import type { ParsedLine } from "./parse.ts";

/** Names that routers carry before anyone names them identify nobody, nor does the one that stands for several. */
const DEFAULT_NAMES = new Set(["*", "ios", "router", "switch", "localhost"]);

/** What names a router. */
export type IdentitySource = "origin" | "hostname" | "relay" | "certificate" | "address" | "prompt" | "file";

/** Hostnameprefix or origin-id; RFC 5424 HOSTNAME; relay host; the certificate's name; socket address. A capture has no socket:
 * there it is the prompt's host name, else the file's stem (`stdin` for `-`). */
export function identify(line: ParsedLine, frame: Frame, promptHost: string | null): string {
  switch (identitySource(line, frame, promptHost)) {
    case "origin":
      return line.origin!;
    case "hostname":
      return line.hostname!;
    case "relay":
      return line.relay!;
    case "certificate":
      return frame.certificate!.names[0]!;
    case "address":
      return frame.from;
    case "prompt":
      return promptHost!;
    case "file":
      return fileStem(frame.from);
  }
}

/** Where `identify` takes the name from. */
export function identitySource(line: ParsedLine, frame: Frame, promptHost: string | null): IdentitySource {
  if (isIdentity(line.origin)) return "origin";
  if (isIdentity(line.hostname)) return "hostname";
  if (isIdentity(line.relay)) return "relay";
  if (frame.certificate !== undefined && frame.certificate.names.length > 0) return "certificate";
  if (frame.transport !== "file") return "address";
  return isIdentity(promptHost) ? "prompt" : "file";
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
