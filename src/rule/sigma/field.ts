/** Fields that Sigma rules name -> what Telltale knows of a message, or can take from its text. */
import type { FieldName } from "../reading.ts";

/** What a field of a Sigma rule is here. */
export type Target =
  | { kind: "field"; name: FieldName }
  | { kind: "severity" }
  /** A part of the text, taken by a pattern; `show` writes it as a router would. */
  | { kind: "group"; name: string; pattern: string; show: (value: string) => string; example: string };

/** Compared without case and without what joins words. */
const FIELD_NAMES: Record<FieldName | "severity", string> = {
  line: "line raw rawmsg rawmessage rawlog rawevent log logmessage fulllog fullmessage eventoriginal syslog",
  message: "message msg syslogmessage logmsg",
  text: "text messagetext body",
  tag: "tag ciscotag",
  facility: "facility ciscofacility ciscoiosfacility facilityname",
  mnemonic: "mnemonic ciscomnemonic eventcode eventid messageid msgid ciscoasamessageid",
  severity: "severity syslogseverity logsyslogseveritycode severitycode severitylevel",
  device:
    "device devicename host hostname computer computername observername dvc dvchost dvchostname router node_name loghost",
  address: "address hostip observerip dvcip deviceip fromhost fromhostip deviceaddress",
  node: "node slot card",
  process: "process processname program programname appname application",
};

const IP = String.raw`\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}`;

/** `[user: admin] [Source: 192.0.2.7] [localport: 22]` | `by user 'x' from '192.0.2.9'` | `User:x  logged command:y`
 * | `list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(23)` | `Invalid MD5 digest from 192.0.2.1:179 to 192.0.2.2:9` */
const GROUPS: { name: string; names: string; pattern: string; show: (value: string) => string; example: string }[] = [
  {
    name: "user",
    names: "user username userid account accountname targetusername subjectusername sourceuser login",
    pattern: String.raw`(?i)\b(?:user(?:name)?(?:[:=] ?| )|configured from \S+ by )['"]?(?P<user>[^\s'",;\]]+)`,
    show: (value) => `[user: ${value}]`,
    example: "admin",
  },
  {
    name: "src_ip",
    names: "srcip sourceip src source sourceaddress srcaddr remoteaddress remoteip clientip clientaddress ip ipaddress",
    pattern: String.raw`(?i)(?:\bsource:? ?|\bfrom ['"]?|\b(?:denied|permitted) \S+ |\()(?P<src_ip>${IP})`,
    show: (value) => `[Source: ${value}]`,
    example: "192.0.2.77",
  },
  {
    name: "dst_ip",
    names: "dstip destinationip dst destination destinationaddress dstaddr destip",
    pattern: String.raw`(?i)(?:-> ?|\bto ['"]?|\bdestination:? ?)(?P<dst_ip>${IP})`,
    show: (value) => `to ${value}`,
    example: "198.51.100.9",
  },
  {
    name: "src_port",
    names: "srcport sourceport",
    pattern: String.raw`(?i)(?:\bfrom |\b(?:denied|permitted) \S+ )(?:\d{1,3}(?:\.\d{1,3}){3})[:(](?P<src_port>\d{1,5})\b`,
    show: (value) => `from 192.0.2.77:${value}`,
    example: "40001",
  },
  {
    name: "dst_port",
    names: "dstport destinationport destport port localport",
    pattern: String.raw`(?i)(?:(?:-> ?|\bto )(?:\d{1,3}(?:\.\d{1,3}){3})[:(]|\blocalport: ?)(?P<dst_port>\d{1,5})\b`,
    show: (value) => `[localport: ${value}]`,
    example: "22",
  },
  {
    name: "command",
    names: "command cmd cmdset commandline processcommandline",
    pattern: String.raw`(?i)\b(?:logged command|command|cmd)(?:[:=] ?| )['"]?(?P<command>[^\n]+?)['"]?$`,
    show: (value) => `logged command:${value}`,
    example: "show version",
  },
  {
    name: "interface",
    names: "interface ifname interfacename",
    pattern: String.raw`(?i)\binterface (?P<interface>[A-Za-z][\w/.:-]*\d)`,
    show: (value) => `Interface ${value}`,
    example: "GigabitEthernet0/0/0/1",
  },
];

const TARGETS = new Map<string, Target>([
  ...Object.entries(FIELD_NAMES).flatMap(([name, names]) =>
    names
      .split(" ")
      .map((one): [string, Target] => [
        plain(one),
        name === "severity" ? { kind: "severity" } : { kind: "field", name: name as FieldName },
      ]),
  ),
  ...GROUPS.flatMap(({ names, ...group }) =>
    names.split(" ").map((one): [string, Target] => [one, { kind: "group", ...group }]),
  ),
]);

/** What a field is here; null for one that no message of a router gives. */
export function targetOf(field: string): Target | null {
  return TARGETS.get(plain(field)) ?? null;
}

/** One name of each field that is known, for those who asked for another. */
export const KNOWN_FIELDS = [...Object.keys(FIELD_NAMES), ...GROUPS.map(({ name }) => name)];

/** Names of severities as Sigma rules and syslog write them. */
export const SEVERITIES: Record<string, number> = {
  emergency: 0,
  emerg: 0,
  alert: 1,
  critical: 2,
  crit: 2,
  error: 3,
  err: 3,
  warning: 4,
  warn: 4,
  notice: 5,
  notification: 5,
  notifications: 5,
  informational: 6,
  info: 6,
  debug: 7,
  debugging: 7,
};

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
