/** Tables of whole results for IOS and IOS XE headers. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "<189>29: r1: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured from console by console",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<29> clock=<*Apr 29 13:58:40.411> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured from console by console",
  ],
  [
    "<189>35: *Apr 29 14:00:16.059: %SYS-5-CONFIG_I: Configured from console by console",
    "rfc3164 ios head pri=<189> counter=<35> clock=<*Apr 29 14:00:16.059> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured from console by console",
  ],
  [
    "<180>782431: machine1: .Nov 18 21:03:22.631 GMT: %CDP-4-NATIVE_VLAN_MISMATCH: Native VLAN mismatch discovered",
    "rfc3164 ios head pri=<180> origin=<machine1> counter=<782431> clock=<.Nov 18 21:03:22.631 GMT> tag=<CDP/4/NATIVE_VLAN_MISMATCH> flags=<clock-unsynced> | Native VLAN mismatch discovered",
  ],
  [
    "<190>123030: some-remote-host: %SYS-5-LOGGINGHOST_STARTSTOP: Logging to host 192.0.2.9 stopped",
    "rfc3164 ios head pri=<190> origin=<some-remote-host> counter=<123030> tag=<SYS/5/LOGGINGHOST_STARTSTOP> | Logging to host 192.0.2.9 stopped",
  ],
  [
    "<189>: r1: Jan  6 2022 21:01:34.964: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<r1> clock=<Jan  6 2022 21:01:34.964> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>: r1: 000123: Jan  6 2022 21:01:34.964: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<r1> sequence=<123> clock=<Jan  6 2022 21:01:34.964> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>: Jan  6 21:01:34.964: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> clock=<Jan  6 21:01:34.964> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<165>7433: ASR920: 007439: 2y10w: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success",
    "rfc3164 ios head pri=<165> origin=<ASR920> counter=<7433> sequence=<7439> clock=<2y10w> tag=<SEC_LOGIN/5/LOGIN_SUCCESS> | Login Success",
  ],
  [
    "<189>237: 000485: router1: Jan  6 21:01:34: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<router1> counter=<237> sequence=<485> clock=<Jan  6 21:01:34> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<166>20: r1: 6340004: Apr 29 13:58:46: %SEC-6-IPACCESSLOGP: list 101 permitted tcp 192.0.2.1(1) -> 192.0.2.2(2), 1 packet",
    "rfc3164 ios head pri=<166> origin=<r1> counter=<20> sequence=<6340004> clock=<Apr 29 13:58:46> tag=<SEC/6/IPACCESSLOGP> | list 101 permitted tcp 192.0.2.1(1) -> 192.0.2.2(2), 1 packet",
  ],
  [
    "<189>29: r1: 29391555: Apr 29 13:58:46: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<29> sequence=<29391555> clock=<Apr 29 13:58:46> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>29: 99999999999999999999: Apr 29 13:58:46: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> counter=<29> clock=<Apr 29 13:58:46> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<191>2637085: rt401: Aug 18 07:15:04.461 CEST: NTP Core (NOTICE): Clock synchronization lost.",
    "rfc3164 ios head pri=<191> origin=<rt401> counter=<2637085> clock=<Aug 18 07:15:04.461 CEST> | NTP Core (NOTICE): Clock synchronization lost.",
  ],
  [
    "<191>: rt401: Aug 18 07:15:04.461 CEST: last message repeated 66 times",
    "rfc3164 ios head pri=<191> origin=<rt401> clock=<Aug 18 07:15:04.461 CEST> | last message repeated 66 times",
  ],
  [
    "*Nov  2 11:36:47.691: sip_udp_sock_process_read: SIP UDP Listener is DISABLED",
    "bare ios head clock=<*Nov  2 11:36:47.691> flags=<clock-unset> | sip_udp_sock_process_read: SIP UDP Listener is DISABLED",
  ],
  [
    "<190>3352436: 3352457: Aug 12 2023 12:14:24.412 mdt: %IOSXE-6-PLATFORM: R0/0: cpp_cp: QFP:0.0 Thread:1 %FW-6-SESS_AUDIT_TRAIL: Stop udp session",
    "rfc3164 ios-xe head pri=<190> counter=<3352436> sequence=<3352457> clock=<Aug 12 2023 12:14:24.412 mdt> tag=<IOSXE/6/PLATFORM> | R0/0: cpp_cp: QFP:0.0 Thread:1 %FW-6-SESS_AUDIT_TRAIL: Stop udp session",
  ],
  [
    "<190>51: asr1: Nov  6 16:00:00.000: %FMANFP-6-IPACCESSLOGP:  SIP0: fman_fp_image:  list ACL denied udp 192.0.2.1(52361) -> 198.51.100.2(5060), 1 packet",
    "rfc3164 ios-xe head pri=<190> origin=<asr1> counter=<51> clock=<Nov  6 16:00:00.000> tag=<FMANFP/6/IPACCESSLOGP> |  SIP0: fman_fp_image:  list ACL denied udp 192.0.2.1(52361) -> 198.51.100.2(5060), 1 packet",
  ],
  [
    "<190>51: sw1: Nov  6 16:00:00.000: %DOT1X-5-FAIL: Switch 1 R0/0: sessmgrd: Authentication failed for client",
    "rfc3164 ios-xe head pri=<190> origin=<sw1> counter=<51> clock=<Nov  6 16:00:00.000> tag=<DOT1X/5/FAIL> | Switch 1 R0/0: sessmgrd: Authentication failed for client",
  ],
  [
    "<190>51: wlc1: Nov  6 16:00:00.000: %CAPWAP-5-AP_JOIN: Chassis 2 R0/0: wncd: AP joined",
    "rfc3164 ios-xe head pri=<190> origin=<wlc1> counter=<51> clock=<Nov  6 16:00:00.000> tag=<CAPWAP/5/AP_JOIN> | Chassis 2 R0/0: wncd: AP joined",
  ],
  [
    "<187>3408: CLC 6/0: Dec 11 13:31:14.214 EST: %PKI-3-CERTIFICATE_INVALID_EXPIRED: Certificate chain validation has failed.",
    "rfc3164 ios-xe head pri=<187> counter=<3408> clock=<Dec 11 13:31:14.214 EST> node=<CLC 6/0> tag=<PKI/3/CERTIFICATE_INVALID_EXPIRED> | Certificate chain validation has failed.",
  ],
  [
    "<166>wlc1: *spamApTask1: Apr 29 13:58:46.411: %CAPWAP-4-DISC_INTF_ERR2: Ignoring discovery request",
    "rfc3164 ios head pri=<166> origin=<wlc1> clock=<Apr 29 13:58:46.411> process=<spamApTask1[]> tag=<CAPWAP/4/DISC_INTF_ERR2> | Ignoring discovery request",
  ],
  [
    "*Dot1x_NW_MsgTask_0: %APF-3-AUTHENTICATION_TRAP: authentication failed",
    "bare ios head process=<Dot1x_NW_MsgTask_0[]> tag=<APF/3/AUTHENTICATION_TRAP> | authentication failed",
  ],
  [
    "<190>32: r1: Apr 29 13:58:46.411: %SYSMGR-STANDBY-3-SHUTDOWN_START: The System Manager has started the shutdown.",
    "rfc3164 ios head pri=<190> origin=<r1> counter=<32> clock=<Apr 29 13:58:46.411> tag=<SYSMGR-STANDBY/3/SHUTDOWN_START> | The System Manager has started the shutdown.",
  ],
  [
    "<190>32: r1: Apr 29 13:58:46.411: %SYS-SP-STDBY-5-RESTART: System restarted --",
    "rfc3164 ios head pri=<190> origin=<r1> counter=<32> clock=<Apr 29 13:58:46.411> tag=<SYS-SP-STDBY/5/RESTART> | System restarted --",
  ],
  [
    "<189>5: 1router: Apr 29 13:58:46.411: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<1router> counter=<5> clock=<Apr 29 13:58:46.411> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>5: 192.0.2.9: Apr 29 13:58:46.411: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<192.0.2.9> counter=<5> clock=<Apr 29 13:58:46.411> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>5: 2001:db8::: 3132779: Apr 29 13:58:46.411: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<2001:db8::> counter=<5> sequence=<3132779> clock=<Apr 29 13:58:46.411> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>5: 2001:db8::7: Apr 29 13:58:46.411: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> origin=<2001:db8::7> counter=<5> clock=<Apr 29 13:58:46.411> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    '<189>35: [syslog@9 s_sn="1"]: *Jun 11 01:13:20.623: %SYS-5-CONFIG_I: Configured from console by noc',
    "rfc3164 ios head pri=<189> counter=<35> clock=<*Jun 11 01:13:20.623> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured from console by noc",
  ],
  [
    '<189>189957: [syslog@9 s_id="sw01:514"]: *Jul 19 01:13:20.623: %SYS-5-CONFIG_I: Configured from console by noc',
    "rfc3164 ios head pri=<189> origin=<sw01> counter=<189957> clock=<*Jul 19 01:13:20.623> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured from console by noc",
  ],
  [
    '<189>35: r1: [syslog@9 s_sn="1" s_id="sw01:514"]: 000036: *Jun 11 01:13:20.623: %SYS-5-CONFIG_I: Configured',
    "rfc3164 ios head pri=<189> origin=<r1> counter=<35> sequence=<36> clock=<*Jun 11 01:13:20.623> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured",
  ],
  [
    "<189>29: May 6 16:13:09.123 UTC+07:30: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> counter=<29> clock=<May 6 16:13:09.123 UTC+07:30> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>29: May 6 16:13:09.123 UTC+1: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> counter=<29> clock=<May 6 16:13:09.123 UTC+1> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>29: May  6 16:13:09 MET-DST: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> counter=<29> clock=<May  6 16:13:09 MET-DST> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>29: May  6 2020 04:13:09 PM: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> counter=<29> clock=<May  6 2020 04:13:09 PM> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<189>29: Apr 29 13:58:46.000001: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<189> counter=<29> clock=<Apr 29 13:58:46.000001> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<166>20: 00:01:01: %SYS-5-CONFIG_I: Configured from console by noc",
    "rfc3164 ios head pri=<166> counter=<20> clock=<00:01:01> tag=<SYS/5/CONFIG_I> | Configured from console by noc",
  ],
  [
    "<166>1w2d: %SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host 192.0.2.1",
    "rfc3164 ios head pri=<166> clock=<1w2d> tag=<SNMP/3/AUTHFAIL> | Authentication failure for SNMP req from host 192.0.2.1",
  ],
  [
    "3d04h: %SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host 192.0.2.1",
    "bare ios head clock=<3d04h> tag=<SNMP/3/AUTHFAIL> | Authentication failure for SNMP req from host 192.0.2.1",
  ],
  [
    "02:19:47.007 UTC: %SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host 192.0.2.1",
    "bare ios head clock=<02:19:47.007 UTC> tag=<SNMP/3/AUTHFAIL> | Authentication failure for SNMP req from host 192.0.2.1",
  ],
  [
    "<166>20: r1: 1 2: %SYSMGR-STANDBY-3-SHUTDOWN_START: The System Manager has started",
    "rfc3164 ios head pri=<166> origin=<r1> counter=<20> clock=<1 2> tag=<SYSMGR-STANDBY/3/SHUTDOWN_START> | The System Manager has started",
  ],
  [
    "<189>29: r1: Apr 29 13:58:40.411: %SYS-5-CONFIG_I:Configured without a space",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<29> clock=<Apr 29 13:58:40.411> tag=<SYS/5/CONFIG_I> | Configured without a space",
  ],
  [
    "<188>1: Jan  2 00:00:01: %IPADTBL-N-IPDUPLICATE: Duplicate address 192.0.2.1",
    "rfc3164 ios head pri=<188> counter=<1> clock=<Jan  2 00:00:01> tag=<IPADTBL/5/IPDUPLICATE> | Duplicate address 192.0.2.1",
  ],
  [
    "<188>1: Jan  2 00:00:01: %HAL_config_poe-A-POEFailDetected: port 3",
    "rfc3164 ios head pri=<188> counter=<1> clock=<Jan  2 00:00:01> tag=<HAL_config_poe/1/POEFailDetected> | port 3",
  ],
  [
    "<186>1232: Pool: Processor  Free: 79840  Cause: Not enough free memory",
    "rfc3164 unknown tail pri=<186> counter=<1232> | Pool: Processor  Free: 79840  Cause: Not enough free memory",
  ],
  [
    '<186>1234: r1:  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263',
    'rfc3164 unknown tail pri=<186> counter=<1234> | r1:  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263',
  ],
  ["<189>:", "rfc3164 unknown tail pri=<189> | "],
  [
    "<189>000123: Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head pri=<189> sequence=<123> clock=<Apr 29 13:58:40.411> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    " <0>29: r1: Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head pri=<0> origin=<r1> counter=<29> clock=<Apr 29 13:58:40.411> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  ["<191>29: %SYS-7-USERLOG_DEBUG: text", "rfc3164 ios head pri=<191> counter=<29> tag=<SYS/7/USERLOG_DEBUG> | text"],
  [
    "00:37:15 UTC Mon Mar 1 1993: Unexpected exception to CPUvector 400, PC = 41414140",
    "bare ios head clock=<00:37:15 UTC Mon Mar 1 1993> | Unexpected exception to CPUvector 400, PC = 41414140",
  ],
  [
    "<189>29: r1: Apr 29 13:58:40.411: %SYS-5-CONFIG_I",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<29> clock=<Apr 29 13:58:40.411> flags=<untrusted-tag> | %SYS-5-CONFIG_I",
  ],
  [
    "*Mar  1 00:00:27.307: IP: s=192.0.2.1 (Gi0/1), d=192.0.2.2, len 100, rcvd 3",
    "bare ios head clock=<*Mar  1 00:00:27.307> flags=<clock-unset> | IP: s=192.0.2.1 (Gi0/1), d=192.0.2.2, len 100, rcvd 3",
  ],
  ["<14>1: ", "rfc3164 unknown tail pri=<14> counter=<1> | "],
  ["<14>2: .", "rfc3164 unknown tail pri=<14> counter=<2> | ."],
];

describe("IOS and IOS XE headers", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
