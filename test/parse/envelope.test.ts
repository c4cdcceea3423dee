/** Tables of whole results for what relays and collectors add. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  // A relay that listens on IPv6 writes an IPv4 sender so.
  [
    "Feb  8 04:00:48 ::ffff:192.0.2.7 585917: Feb  8 04:00:47.272: %SEC-6-IPACCESSLOGP: list 101 denied",
    "rfc3164 ios head relay=<192.0.2.7> relayTime=<Feb  8 04:00:48> counter=<585917> clock=<Feb  8 04:00:47.272> tag=<SEC/6/IPACCESSLOGP> | list 101 denied",
  ],
  [
    "2020-02-08T04:00:48Z ::1 <189>27: 000029: *Jan  2 00:01:01.924: %SYS-5-RESTART: System restarted --",
    "rfc3164 ios head pri=<189> relay=<::1> relayTime=<2020-02-08T04:00:48Z> counter=<27> sequence=<29> clock=<*Jan  2 00:01:01.924> tag=<SYS/5/RESTART> flags=<clock-unset> | System restarted --",
  ],
  [
    "Feb  8 04:00:48 192.0.2.7 585917: Feb  8 04:00:47.272: %SEC-6-IPACCESSLOGP: list 101 denied",
    "rfc3164 ios head relay=<192.0.2.7> relayTime=<Feb  8 04:00:48> counter=<585917> clock=<Feb  8 04:00:47.272> tag=<SEC/6/IPACCESSLOGP> | list 101 denied",
  ],
  [
    "Mar  4 21:00:00 192.0.2.7 4856: RP/0/RSP0/CPU0:Mar  4 12:00:00 : pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "rfc3164 ios-xr head relay=<192.0.2.7> relayTime=<Mar  4 21:00:00> counter=<4856> clock=<Mar  4 12:00:00> node=<RP/0/RSP0/CPU0> process=<pakwatch[123]> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent",
  ],
  [
    "Apr 14 23:50:04 192.0.2.7 462620: CRS-L RP/0/RP0/CPU0:Apr 15 09:18:13 : config[65956]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed",
    "rfc3164 ios-xr head relay=<192.0.2.7> relayTime=<Apr 14 23:50:04> origin=<CRS-L> counter=<462620> clock=<Apr 15 09:18:13> node=<RP/0/RP0/CPU0> process=<config[65956]> tag=<MGBL-CONFIG/6/DB_COMMIT> | Configuration committed",
  ],
  [
    "<190>Oct 7 07:19:44 edge-mgmt RP/0/RP0/CPU0:Oct 7 07:19:43.630 UTC: bgp[1051]: %ROUTING-BGP-5-ADJCHANGE : neighbor 192.0.2.1 Down",
    "rfc3164 ios-xr head pri=<190> relay=<edge-mgmt> relayTime=<Oct 7 07:19:44> clock=<Oct 7 07:19:43.630 UTC> node=<RP/0/RP0/CPU0> process=<bgp[1051]> tag=<ROUTING-BGP/5/ADJCHANGE> | neighbor 192.0.2.1 Down",
  ],
  [
    "<190>3132517: Jul 13 08:23:43 192.0.2.100 sw01: 3132779: Jul 14 2023 08:23:43.398 UTC: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head pri=<190> relay=<192.0.2.100> relayTime=<Jul 13 08:23:43> origin=<sw01> counter=<3132517> sequence=<3132779> clock=<Jul 14 2023 08:23:43.398 UTC> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "Aug 22 05:11:06 sw.example <189>27: 000029: *Jan  2 00:01:01.924: %SYS-5-RESTART: System restarted --",
    "rfc3164 ios head pri=<189> relay=<sw.example> relayTime=<Aug 22 05:11:06> counter=<27> sequence=<29> clock=<*Jan  2 00:01:01.924> tag=<SYS/5/RESTART> flags=<clock-unset> | System restarted --",
  ],
  [
    "<189>2024-10-11T10:15:31.208321-05:00 r1 %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up",
    "rfc3164 ios head pri=<189> relay=<r1> relayTime=<2024-10-11T10:15:31.208321-05:00> tag=<LINEPROTO/5/UPDOWN> | Line protocol on Interface Gi0/1, changed state to up",
  ],
  [
    "<190>Original Address=192.0.2.1 1 2025-06-23T16:13:32.168Z relay1 Kiwi_SyslogNet_Server 3356 MSGOUT HOST-1: *Jun 23 15:52:38.534: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head pri=<190> relay=<192.0.2.1> relayTime=<2025-06-23T16:13:32.168Z> origin=<HOST-1> clock=<*Jun 23 15:52:38.534> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured",
  ],
  [
    "2013-11-06\t16:00:00\tLocal7.Critical\t192.0.2.1\t186: *Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed",
    "rfc3164 ios head pri=<186> relay=<192.0.2.1> relayTime=<2013-11-06 16:00:00> counter=<186> clock=<*Nov  6 16:00:00.000> tag=<SYS/2/MALLOCFAIL> flags=<clock-unset> | Memory allocation of 65536 bytes failed",
  ],
  [
    "2013-11-06 16:00:00\tLocal7.Critical\t192.0.2.1\t186: *Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed",
    "rfc3164 ios head pri=<186> relay=<192.0.2.1> relayTime=<2013-11-06 16:00:00> counter=<186> clock=<*Nov  6 16:00:00.000> tag=<SYS/2/MALLOCFAIL> flags=<clock-unset> | Memory allocation of 65536 bytes failed",
  ],
  [
    "192.0.2.7|local7|info|info|be|2014-02-19|20:25:11|344306| Feb 19 15:25:11.570: %SEC-6-IPACCESSLOGP: list 101 denied",
    "rfc3164 ios head pri=<190> relay=<192.0.2.7> relayTime=<2014-02-19 20:25:11> clock=<Feb 19 15:25:11.570> tag=<SEC/6/IPACCESSLOGP> | list 101 denied",
  ],
  [
    "Feb  8 04:00:49 relay2 Feb  8 04:00:48 relay1 585917: r1: Feb  8 04:00:47.272: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head relay=<relay1> relayTime=<Feb  8 04:00:49> origin=<r1> counter=<585917> clock=<Feb  8 04:00:47.272> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "Jan 13 2023 10:49:14 my-router 291: 000288: Jan 13 10:48:40.215: %SEC-6-IPACCESSLOGP: list 101 denied",
    "rfc3164 ios head relay=<my-router> relayTime=<Jan 13 2023 10:49:14> counter=<291> sequence=<288> clock=<Jan 13 10:48:40.215> tag=<SEC/6/IPACCESSLOGP> | list 101 denied",
  ],
  [
    "192.0.2.10 6705: Feb 17 13:40:03.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:!exec: enable",
    "rfc3164 ios head relay=<192.0.2.10> counter=<6705> clock=<Feb 17 13:40:03.673> tag=<PARSER/5/CFGLOG_LOGGEDCMD> | User:noc  logged command:!exec: enable",
  ],
  [
    "Mar  4 12:00:01 192.0.2.7: 585917: Mar  4 12:00:00.123: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head relay=<192.0.2.7> relayTime=<Mar  4 12:00:01> counter=<585917> clock=<Mar  4 12:00:00.123> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "Feb  8 04:00:48 RP/0/RP0/CPU0:Feb  8 04:00:47 : ifmgr[228]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
    "rfc3164 ios-xr head relayTime=<Feb  8 04:00:48> clock=<Feb  8 04:00:47> node=<RP/0/RP0/CPU0> process=<ifmgr[228]> tag=<PKT_INFRA-LINK/3/UPDOWN> | Interface down",
  ],
  [
    "Feb  8 04:00:48 192.0.2.7 1233: Alternate Pool: None  Free: 0  Cause: No Alternate pool",
    "rfc3164 unknown tail relay=<192.0.2.7> relayTime=<Feb  8 04:00:48> counter=<1233> | Alternate Pool: None  Free: 0  Cause: No Alternate pool",
  ],
  [
    "Feb  8 04:00:48 585917: Feb  8 04:00:47.272: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head relayTime=<Feb  8 04:00:48> counter=<585917> clock=<Feb  8 04:00:47.272> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "Mar  4 21:00:00 JST 192.0.2.7 4856: Mar  4 12:00:00: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head relay=<192.0.2.7> relayTime=<Mar  4 21:00:00 JST> counter=<4856> clock=<Mar  4 12:00:00> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "Feb  8 04:00:48 192.0.2.7 : r1: 000123: Feb  8 04:00:47.272: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head relay=<192.0.2.7> relayTime=<Feb  8 04:00:48> origin=<r1> sequence=<123> clock=<Feb  8 04:00:47.272> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "Feb  8 04:00:48 192.0.2.7 xr1 RP/0/RP0/CPU0:Feb  8 04:00:47 : ifmgr[228]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
    "rfc3164 ios-xr head relay=<192.0.2.7> relayTime=<Feb  8 04:00:48> origin=<xr1> clock=<Feb  8 04:00:47> node=<RP/0/RP0/CPU0> process=<ifmgr[228]> tag=<PKT_INFRA-LINK/3/UPDOWN> | Interface down",
  ],
  [
    "Jul 27 14:41:57 combo kernel:   DMA zone: 4096 pages, LIFO batch:1",
    "rfc3164 other tail relay=<combo> relayTime=<Jul 27 14:41:57> | kernel:   DMA zone: 4096 pages, LIFO batch:1",
  ],
  [
    "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0",
    "rfc3164 other head relay=<combo> relayTime=<Jun 14 15:16:01> process=<sshd(pam_unix)[19939]> | authentication failure; logname= uid=0",
  ],
  [
    "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
    "rfc3164 other tail pri=<34> relay=<mymachine> relayTime=<Oct 11 22:14:15> | su: 'su root' failed for lonvick on /dev/pts/8",
  ],
];

describe("what relays and collectors add", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
