/** Which messages the log source of a Sigma rule is about. */
import { type SigmaDocument, SigmaProblem } from "./read.ts";

/** Tags of messages that say what was typed, who logged in and who was let in: AAA and its accounting. */
export const COMMAND_TAGS = [
  "PARSER-",
  "HA_EM-",
  "HA-HA_EEM-",
  "AAA",
  "ACCOUNTING-",
  "TAC",
  "RADIUS",
  "SEC_LOGIN-",
  "SSH-",
  "LOGIN-",
  "DMI-",
  "SYS-5-CONFIG",
  "SYS-5-PRIV",
  "SYS-5-RELOAD",
  "SYS-6-LOGOUT",
  "VSHD-",
  "MGBL-",
  "SECURITY-",
  "CONFIG-",
  "ASA-5-11",
  "ASA-6-11",
  "ASA-7-11",
];

/** Services whose messages are told apart by their tag; of all others every message is looked at. */
const TAGS: Record<string, string[]> = { aaa: COMMAND_TAGS, accounting: COMMAND_TAGS };
const OPEN = [
  "syslog",
  "bgp",
  "ldp",
  "ospf",
  "isis",
  "eigrp",
  "ios",
  "iosxe",
  "ios-xe",
  "iosxr",
  "ios-xr",
  "nxos",
  "nx-os",
  "asa",
  "router",
  "switch",
];
/** What Cisco sells and no router logs. */
const ELSEWHERE = ["duo", "umbrella", "amp", "secure_endpoint", "meraki", "webex", "ise", "esa", "wsa"];
const CATEGORIES = ["syslog", "network", "router", "switch", "firewall"];

/** How the tags of the messages begin; null: any message. Throws SigmaProblem for the logs of something else. */
export function tagsOf(document: SigmaDocument): string[] | null {
  const { logsource } = document.value;
  if (logsource === undefined) throw new SigmaProblem([], "a detection needs a logsource");
  const { product, service, category } = Object.fromEntries(
    ["product", "service", "category"].map((key) => [key, word(logsource[key], key)]),
  ) as Record<"product" | "service" | "category", string | null>;
  if (product !== null && product !== "cisco")
    throw new SigmaProblem(["logsource", "product"], `Telltale reads the syslog of Cisco routers, not of "${product}"`);
  if (service !== null && ELSEWHERE.includes(service))
    throw new SigmaProblem(["logsource", "service"], `"${service}" is no syslog of a router`);
  if (product === null && service !== "syslog" && !(category !== null && CATEGORIES.includes(category)))
    throw new SigmaProblem(
      ["logsource"],
      "names no log of a Cisco router: product cisco, or service or category syslog",
    );
  const known = service === null ? undefined : TAGS[service];
  if (service !== null && known === undefined && !OPEN.includes(service))
    document.warn(["logsource", "service"], `"${service}" is not known here: every message is looked at`);
  if (known !== undefined) return known;
  return service === null && category !== null ? (TAGS[category] ?? null) : null;
}

function word(value: unknown, key: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new SigmaProblem(["logsource", key], "a word is expected here");
  return value.toLowerCase();
}
