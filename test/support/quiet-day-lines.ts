/** What ordinary routers say on an ordinary day, in every dialect: the words of samples/quiet-day.log. */

export type Style =
  | "ios"
  | "ios-relay"
  | "ios-uptime"
  | "ios-5424"
  | "xr"
  | "xr-admin"
  | "xr-5424"
  | "nx-os"
  | "asa"
  | "relay";

/** Routers that speak alike; `{port}`, `{peer}`, `{user}`, `{state}` and `{n}` are filled in. */
export interface Voices {
  style: Style;
  hosts: string[];
  /** For IOS XR: `NODE process[jid]: ` stands before the tag. */
  lines: string[];
}

/** Several lines that belong together, at a time of the day; `+` marks a line that continues the one before. */
export interface Scene {
  clock: string;
  style: Style;
  host: string;
  lines: string[];
  /** The router has just started: its message counter begins again and its clock is not yet set. */
  booted?: boolean;
}

export const FILLERS: Record<string, string[]> = {
  port: ["GigabitEthernet0/1", "GigabitEthernet0/2", "GigabitEthernet1/0/7", "FastEthernet0/3"],
  xrport: ["TenGigE0/0/0/3", "GigabitEthernet0/1/0/14", "HundredGigE0/0/1/0"],
  peer: ["198.51.100.17", "198.51.100.41", "2001:db8:40::9", "198.51.100.90"],
  user: ["ops-anna", "ops-ben", "backup", "ansible"],
  state: ["up", "down"],
};

const RP = "RP/0/RSP0/CPU0";

export const VOICES: Voices[] = [
  {
    style: "ios",
    hosts: ["br-oslo-1", "br-oslo-2", "br-oslo-3", "br-oslo-4"],
    lines: [
      "%SYS-5-CONFIG_I: Configured from console by {user} on vty0 (192.0.2.31)",
      "%LINK-3-UPDOWN: Interface {port}, changed state to {state}",
      "%OSPF-5-ADJCHG: Process 1, Nbr {peer} on {port} from LOADING to FULL, Loading Done",
      "%SEC-6-IPACCESSLOGP: list EDGE-IN denied tcp 198.51.100.9({n}) -> 192.0.2.1(22), 1 packet",
      "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: {user}] [Source: 192.0.2.31] [localport: 22]",
      "NTP Core (NOTICE): Clock synchronization lost.",
    ],
  },
  {
    style: "ios",
    hosts: ["gw-oslo-v1"],
    lines: [
      "%VOICE_IEC-3-GW: SIP: Internal Error (DNS query fail): IEC=10.1.128.7.47.0 on callID {n} GUID=0A1B2C3D4E5F60718293A4B5C6D7E8F9",
      "%SIP-3-MAXCONNCAC: Call rejected due to CAC based on maximum number of connections on dial-peer 4, sent response 503",
    ],
  },
  {
    style: "ios",
    hosts: ["asr-tallinn-1", "asr-tallinn-2", "asr-tallinn-3"],
    lines: [
      "%FMANFP-6-IPACCESSLOGP:  SIP0: fman_fp_image:  list EDGE denied udp 198.51.100.9({n}) -> 192.0.2.2(5060), 1 packet",
      "%IOSXE-6-PLATFORM: R0/0: cpp_cp: QFP:0.0 Thread:014 TS:{n} %FW-6-SESS_AUDIT_TRAIL: Stop tcp session: initiator (192.0.2.80:4011)",
      "%DMI-5-AUTH_PASSED: R0/0: dmiauthd: User '{user}' authenticated successfully from 192.0.2.30:{n} for netconf over ssh",
    ],
  },
  {
    style: "ios-relay",
    hosts: ["192.0.2.61", "192.0.2.62", "192.0.2.63", "192.0.2.64"],
    lines: [
      "%LINEPROTO-5-UPDOWN: Line protocol on Interface {port}, changed state to {state}",
      "%BGP-5-ADJCHANGE: neighbor {peer} Down BGP Notification sent",
      "%BGP-5-ADJCHANGE: neighbor {peer} Up",
      "%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 192.0.2.5 port 514 started - CLI initiated",
      "%HSRP-5-STATECHANGE: Vlan40 Grp 1 state Standby -> Active",
    ],
  },
  {
    style: "ios-uptime",
    hosts: ["asr-old-1"],
    lines: ["%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: {user}] [Source: 192.0.2.30] [localport: 22]"],
  },
  {
    style: "ios-5424",
    hosts: ["br-riga-1"],
    lines: ["%SYS-5-CONFIG_I: Configured from console by {user} on vty0 (192.0.2.31)"],
  },
  {
    style: "xr",
    hosts: ["pe1.hel", "pe2.hel", "pe3.hel", "pe4.hel"],
    lines: [
      `${RP} bgp[1058]: %ROUTING-BGP-5-ADJCHANGE : neighbor {peer} Up (VRF: default) (AS: 64511)`,
      `${RP} bgp[1058]: %ROUTING-BGP-5-ADJCHANGE : neighbor {peer} Down - Peer closed the session (VRF: default) (AS: 64511)`,
      "LC/0/1/CPU0 ifmgr[214]: %PKT_INFRA-LINEPROTO-5-UPDOWN : Line protocol on Interface {xrport}, changed state to {state}",
      `${RP} SSHD_[65871]: %SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user '{user}' from '192.0.2.31' on 'vty0'`,
      `${RP} config[65903]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user '{user}'. Use 'show configuration commit changes 1000{n}' to view the changes.`,
      `${RP} spp[113]: Initialized socket RX node`,
    ],
  },
  {
    style: "xr-admin",
    hosts: [""],
    lines: ["wd_diskmon[3204]: %INFRA-WD_DISKMON_SYSADMIN-4-DISK_WARN : /misc/scratch is 81 percent full"],
  },
  {
    style: "xr-5424",
    hosts: ["pe1-riga"],
    lines: ["%ROUTING-BGP-5-ADJCHANGE : neighbor {peer} Up (VRF: default) (AS: 64514)"],
  },
  {
    style: "nx-os",
    hosts: ["nx-leaf-1", "nx-leaf-2", "nx-leaf-3"],
    lines: [
      "%ETHPORT-5-IF_UP: Interface Ethernet1/4 is up in mode trunk",
      "%AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed from 198.51.100.9 - dcos_sshd[{n}]",
    ],
  },
  {
    style: "asa",
    hosts: ["fw-hq-1"],
    lines: [
      "%ASA-6-302013: Built outbound TCP connection {n} for outside:198.51.100.7/443 (198.51.100.7/443) to inside:192.0.2.77/{n} (192.0.2.77/{n})",
      '%ASA-4-106023: Deny udp src outside:198.51.100.80/5060 dst inside:192.0.2.77/5060 by access-group "outside_in"',
    ],
  },
  {
    style: "relay",
    hosts: ["loghost-1"],
    lines: ['rsyslogd: [origin software="rsyslogd" swVersion="8.2001.0"] rsyslogd was HUPed'],
  },
];

const TRACE = "+-Traceback= 0x6149A1D4z 0x60017F20z 0x6001C4B8z";

/** A memory failure in five datagrams, of a process that no rule names. */
const malloc = (owner: string): string[] => [
  "%SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x8046F3C8, alignment 0",
  "+Pool: Processor  Free: 79840  Cause: Memory fragmentation",
  "+Alternate Pool: None  Free: 0  Cause: No Alternate pool",
  `+ -Process= "${owner}", ipl= 0, pid= 84`,
  TRACE,
];
const HOG = [
  "%SYS-3-CPUHOG: Task is running for (2012)msecs, more than (2000)msecs (2/1),process = BGP Scanner.",
  TRACE,
];
const REPLAY = [
  "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed",
  "+        connection id=29, sequence number={n}",
];
const REPEATED = ["%LINK-3-UPDOWN: Interface FastEthernet0/9, changed state to down", "last message repeated 17 times"];
const STORM = Array.from(
  { length: 48 },
  (_, i) =>
    `%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/${1 + (i >> 1)}, changed state to ${i % 2 === 0 ? "down" : "up"}`,
);
const PAKWATCH = `${RP} pakwatch[123]: %PKT_INFRA-PAKWATCH`;
const RESPAWN = "exited, will be respawned with a delay (slow-restart)";
const respawned = (process: string): string =>
  `RP/0/RSP1/CPU0 processmgr[51]: %OS-SYSMGR-3-ERROR : ${process} ${RESPAWN}`;

export const SCENES: Scene[] = [
  { clock: "01:10", style: "ios-relay", host: "192.0.2.70", lines: malloc("BGP Router") },
  { clock: "01:55", style: "ios", host: "br-oslo-6", lines: REPLAY },
  {
    clock: "03:00",
    style: "ios",
    host: "br-oslo-5",
    lines: ["%SYS-5-RELOAD: Reload requested by ops-anna on vty0 (192.0.2.31). Reload Reason: Reload Command."],
  },
  {
    clock: "03:04",
    style: "ios",
    host: "br-oslo-5",
    booted: true,
    lines: [
      "%SYS-5-RESTART: System restarted --",
      "+Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M6, RELEASE SOFTWARE (fc2)",
      "+Technical Support: http://www.cisco.com/techsupport",
      "+Copyright (c) 1986-2013 by Cisco Systems, Inc.",
      "+Compiled Fri 01-Feb-13 20:14 by prod_rel_team",
      "%SNMP-5-COLDSTART: SNMP agent on host br-oslo-5 is undergoing a cold start",
      "%LINK-3-UPDOWN: Interface GigabitEthernet0/0, changed state to up",
    ],
  },
  { clock: "04:20", style: "ios-relay", host: "192.0.2.71", lines: HOG },
  { clock: "05:05", style: "ios", host: "sw-oslo-1", lines: STORM },
  { clock: "06:40", style: "ios", host: "br-oslo-7", lines: REPEATED },
  {
    clock: "07:15",
    style: "xr",
    host: "pe9.hel",
    lines: ["ipv4_rib(1) (jid 1154)", "l2vpn_mgr(1) (jid 1246)", "ipsec_mp(1) (jid 385)", "ipsec_pp(1) (jid 312)"].map(
      respawned,
    ),
  },
  {
    clock: "08:30",
    style: "ios-relay",
    host: "192.0.2.71",
    lines: [
      "%SYS-4-FREEMEMLOW: Free Memory has dropped below low watermark",
      "+Pool: Processor  Free: 10728112  Threshold: 14336000",
    ],
  },
  {
    // a pool that is only busy
    clock: "09:45",
    style: "xr",
    host: "pe9.hel",
    lines: [
      `${PAKWATCH}-2-DEPLETION_WARNING : Depletion level 41 percent for resource PAK FSV`,
      `${PAKWATCH}-6-USER_INFO : Top 5 users of PAK FSV:`,
      `${PAKWATCH}-6-INFO_HEAD : PROCESS NAME                    PID     COUNT`,
      `${PAKWATCH}-6-INFO_BODY : pkg/bin/ipsec_pp             540912      4060`,
      `${PAKWATCH}-6-INFO_BODY : pkg/bin/netio                110649      40`,
      `${PAKWATCH}-6-USER_INFO2 : Only 2 users found using PAK FSV.`,
    ],
  },
  { clock: "12:05", style: "ios-relay", host: "192.0.2.70", lines: malloc("DHCP Autoinstall") },
  { clock: "13:30", style: "ios-relay", host: "192.0.2.71", lines: HOG },
  { clock: "14:15", style: "ios", host: "sw-oslo-1", lines: STORM },
  {
    // a restart that nothing called for
    clock: "16:00",
    style: "xr",
    host: "pe9.hel",
    lines: [
      `${RP} sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : User ops-ben (vty0) requested a restart of process ipsec_mp at 0/RSP0/CPU0`,
      `${RP} ipsec_mp[385]: %SECURITY-IMP-6-PROC_READY : Process ipsec_mp is ready`,
    ],
  },
  { clock: "18:20", style: "ios", host: "br-oslo-7", lines: REPEATED },
  { clock: "21:40", style: "ios", host: "br-oslo-6", lines: REPLAY },
];
