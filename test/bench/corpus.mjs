/** A mixed capture of IOS, IOS XE and IOS XR routers from a fixed seed, with incidents planted in it and counted. */
import { closeSync, openSync, writeSync } from "node:fs";

const START = Date.UTC(2020, 1, 21);
/** Between two messages, on average: a million lines are some forty hours, so that alerts end and open anew. */
const MEAN_MILLIS = 150;
/** In a storm, which is sent: the routers' clocks are about right, and run about as fast as their lines come. */
const STORM_MILLIS = 0.02;
const NODE = "RP/0/RSP0/CPU0";
const SYSTEMS = ["xr", "ios", "xr", "xe"];

/** Writes `lines` lines (a planted incident may go a few over) of `devices` routers; returns what was planted. Lines
 * are as a relay files them; `storm`: as the routers send them, and few of them tell of configuration or of a process
 * that runs too long. `domain` is what follows the routers' names, `first` the number of the
 * first of them. */
export function writeCorpus(path, { lines, devices, seed = 0x2545f491, storm = false, domain = "", first = 0 }) {
  const random = generator(seed);
  const file = openSync(path, "w");
  const routers = Array.from({ length: devices }, (_, i) => router(first + i, domain, storm ? 100_000 : 0));
  const planted = { reports: [], steps: [], lost: 0, copies: 0, lines: 0, bytes: 0, end: START };
  let out = [];
  let clock = storm ? Date.now() : START;
  let at = START;
  const put = (one, text) => {
    out.push(storm ? text : `${relayStamp(at)} ${one.address} ${text}`);
    planted.lines++;
    if (out.length < 4_000) return;
    flush();
  };
  const flush = () => {
    if (out.length === 0) return;
    planted.bytes += writeSync(file, `${out.join("\n")}\n`);
    out = [];
  };
  const say = (one, pri, body) => put(one, `<${pri}>${one.counter++}: ${body}`);
  while (planted.lines < lines) {
    clock += storm ? 2 * STORM_MILLIS * random.next() : random.int(MEAN_MILLIS * 2);
    at = Math.floor(clock);
    const one = random.pick(routers);
    const dice = random.next();
    // Now and then a message is lost on the way, or comes twice.
    if (dice > 0.9995 && one.heard) planted.lost += skip(one, 1 + random.int(3));
    one.heard = true;
    const incident = incidentOf(one.system, dice);
    if (incident === null) {
      const [pri, body] = noise(one, at, random, storm);
      tellSystem(one, XE_ONLY.test(body));
      say(one, pri, body);
      if (dice > 0.9993 && dice <= 0.9995) {
        put(one, `<${pri}>${one.counter - 1}: ${body}`);
        planted.copies++;
      }
      continue;
    }
    for (const [pri, body] of INCIDENTS[incident](one, at, random)) say(one, pri, body);
    const second = Math.floor(at / 1000) * 1000;
    if (incident === "restart") planted.steps.push({ device: one.name, node: NODE, at: second });
    else if (RULES[incident] !== undefined) {
      // IOS XE is not affected by the SIP advisory, which lowers the alert once it is known.
      const counts = incident === "flood" || (incident === "sip" && !one.isXe);
      planted.reports.push({ ...RULES[incident], device: one.name, at: second, counts, line: planted.lines });
    }
    tellSystem(one, false);
  }
  flush();
  closeSync(file);
  planted.end = Math.floor(at / 1000) * 1000;
  return planted;
}

/** What a message lets one know of its router: the first one settles it, and four that only IOS XE prints change it. */
function tellSystem(one, isXe) {
  if (isXe) one.xeMessages++;
  if (isXe && (one.xeMessages >= 4 || !one.isSettled)) one.isXe = true;
  one.isSettled = true;
}

const XE_ONLY = /%(?:IOSXE|DMI)-/;

/** Which rule a planted incident concerns; the other incidents must stay quiet. */
const RULES = {
  flood: { rule: "packet-memory-exhausted", node: NODE, verdict: "ipsec-pp-exhausts-pak-fsv" },
  otherProcess: { rule: "packet-memory-exhausted", node: NODE, verdict: "other-cause" },
  sip: { rule: "sip-process-anomaly", node: null, verdict: "sip-signal" },
};

function incidentOf(system, dice) {
  if (system === "xr")
    return dice < 0.0008 ? "flood" : dice < 0.0011 ? "otherProcess" : dice < 0.0013 ? "restart" : null;
  return dice < 0.0008 ? "sip" : dice < 0.0011 ? "hog" : null;
}

const INCIDENTS = {
  flood: (one, at, random) => {
    const count = 9000 + random.int(984);
    return packetMemory(one, at, 95 + random.int(6), [
      ["ipsec_pp", 540912, count],
      ["udp", 540892, 10000 - count],
    ]);
  },
  otherProcess: (one, at, random) =>
    packetMemory(one, at, 95 + random.int(6), [
      ["udp", 540892, 9000 + random.int(900)],
      ["netio", 540912, random.int(40)],
    ]),
  restart: (one, at) =>
    ["ipsec_mp", "ipsec_pp"].map((process) => [
      188,
      xr(
        one,
        at,
        "sysmgr_control[66620]",
        `%OS-SYSMGR-4-PROC_RESTART_NAME : User netops (vty0) requested a restart of process ${process} at 0/RSP0/CPU0`,
      ),
    ]),
  sip: (one, at, random) => [
    [
      186,
      ios(
        one,
        at,
        `%SYS-2-MALLOCFAIL: Memory allocation of ${1024 + random.int(60000)} bytes failed from 0x61503D6C, alignment 0 `,
      ),
    ],
    [186, "Pool: Processor  Free: 65532  Cause: Memory fragmentation "],
    [186, "Alternate Pool: None  Free: 0  Cause: No Alternate pool "],
    [186, ' -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 207'],
    [186, "-Traceback= 0x61503D6Cz 0x6060A1CCz 0x60611A20z"],
  ],
  hog: (one, at, random) => [
    [
      187,
      ios(
        one,
        at,
        `%SYS-3-CPUHOG: Task is running for (${2000 + random.int(900)})msecs, more than (2000)msecs (1/1),process = IP SNMP.`,
      ),
    ],
  ],
};

function packetMemory(one, at, level, rows) {
  const say = (pri, text) => [pri, xr(one, at, "pakwatch[235]", text)];
  return [
    say(186, `%PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level ${level} percent for resource PAK FSV`),
    say(190, "%PKT_INFRA-PAKWATCH-6-USER_INFO : Top 5 users of PAK FSV:"),
    say(190, "%PKT_INFRA-PAKWATCH-6-INFO_HEAD : PROCESS NAME                    PID     COUNT"),
    ...rows.map(([name, pid, count]) =>
      say(190, `%PKT_INFRA-PAKWATCH-6-INFO_BODY : ${`pkg/bin/${name}`.padEnd(24)} ${pid}      ${count}`),
    ),
    say(190, `%PKT_INFRA-PAKWATCH-6-USER_INFO2 : Only ${rows.length} users found using PAK FSV.`),
  ];
}

const NOISE = {
  xr: [
    (r) => [
      "ifmgr[172]",
      `%PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/0/0/${r.int(40)}, changed state to ${r.pick(["Up", "Down"])}`,
    ],
    (r) => [
      "bgp[1058]",
      `%ROUTING-BGP-5-ADJCHANGE : neighbor 10.${r.int(256)}.${r.int(256)}.${r.int(256)} ${r.pick(["Up", "Down - BGP Notification sent, hold time expired"])} (VRF: default) (AS: ${64512 + r.int(1000)})`,
    ],
    (r) => [
      "config[65742]",
      `%MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'netops'. Use 'show configuration commit changes 10000${10 + r.int(89)}' to view the changes.`,
    ],
    (r) => [
      "SSHD_[65760]",
      `%SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user 'netops' from '192.0.2.${r.int(255)}' on 'vty${r.int(5)}'(cipher 'aes128-ctr', mac 'hmac-sha2-256')`,
    ],
    (r) => ["envmon[203]", `%PLATFORM-ENVMON-4-TEMP_ALARM_CLEAR : Temperature alarm cleared on inlet ${r.int(8)}`],
    (r) => [
      "isis[1003]",
      `%ROUTING-ISIS-5-ADJCHANGE : Adjacency to core-${r.int(64)} (TenGigE0/0/0/${r.int(12)}) (L2) ${r.pick(["Up, New adjacency", "Down, Hold time expired"])}`,
    ],
  ],
  ios: [
    (r) => `%LINK-3-UPDOWN: Interface GigabitEthernet0/${r.int(48)}, changed state to ${r.pick(["up", "down"])}`,
    (r) =>
      `%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/${r.int(48)}, changed state to ${r.pick(["up", "down"])}`,
    (r) => `%SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.${r.int(255)})`,
    (r) =>
      `%SEC-6-IPACCESSLOGP: list 101 denied tcp 198.51.100.${r.int(255)}(${1024 + r.int(60000)}) -> 203.0.113.${r.int(255)}(22), ${1 + r.int(9)} packets`,
    (r) =>
      `%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: netops] [Source: 192.0.2.${r.int(255)}] [localport: 22] at 12:00:00 UTC Fri Feb 21 2020`,
    (r) =>
      `%OSPF-5-ADJCHG: Process 1, Nbr 10.0.${r.int(255)}.${r.int(255)} on GigabitEthernet0/${r.int(48)} from FULL to DOWN, Neighbor Down: Dead timer expired`,
    (r) =>
      `%SYS-3-CPUHOG: Task is running for (${2000 + r.int(900)})msecs, more than (2000)msecs (${r.int(9)}/${r.int(9)}),process = BGP Scanner.`,
  ],
  xe: [
    (r) => `%PARSER-5-CFGLOG_LOGGEDCMD: User:netops  logged command:interface GigabitEthernet0/0/${r.int(6)}`,
    (r) => `%IOSXE-6-PLATFORM: R0/0: kernel: hostsw_fpga: link ${r.int(8)} is stable`,
    (r) =>
      `%DMI-5-AUTH_PASSED: R0/0: dmiauthd: User 'netops' authenticated successfully from 192.0.2.${r.int(255)}:${1024 + r.int(60000)}`,
  ],
};

function noise(one, at, random, storm) {
  const lines = one.system === "xr" ? NOISE.xr : one.system === "xe" && random.int(4) === 0 ? NOISE.xe : NOISE.ios;
  let said = random.pick(lines)(random);
  while (storm && EVENTFUL.test(said) && random.int(50) > 0) said = random.pick(lines)(random);
  return [189, one.system === "xr" ? xr(one, at, ...said) : ios(one, at, said)];
}

/** What a rule asks for, or a router's history keeps. */
const EVENTFUL = /CONFIG|CFGLOG|CPUHOG/;

function router(i, domain, spacing) {
  const system = SYSTEMS[i % SYSTEMS.length];
  const address = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
  return {
    system,
    name: `${system}-edge-${i}${domain}`,
    address,
    // Where all send from one address, a line without a name is told from others' by its number alone.
    counter: 1000 + i * spacing,
    heard: false,
    xeMessages: 0,
    isXe: false,
    isSettled: false,
  };
}

function skip(one, n) {
  one.counter += n;
  return n;
}

const xr = (one, at, process, text) => `${one.name} ${NODE}:${deviceStamp(at)}: ${process}: ${text}`;
const ios = (one, at, text) => `${one.name}: ${one.system === "ios" ? "*" : ""}${deviceStamp(at)}: ${text}`;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n) => String(n).padStart(2, "0");

function relayStamp(at) {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2, " ");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${MONTHS[date.getUTCMonth()]} ${day} ${time}`;
}

function deviceStamp(at) {
  return `${relayStamp(at)}.${String(at % 1000).padStart(3, "0")} UTC`;
}

/** xorshift32: the same bytes on every machine. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
  const int = (n) => Math.floor(next() * n);
  return { next, int, pick: (list) => list[int(list.length)] };
}
