/** Tables of whole results for IOS XR headers. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "<187>138076: RP/0/RP0/CPU0:Dec 11 12:43:29.227 EST: snmpd[1002]: %SNMP-SNMP-3-AUTH_FAIL : Received snmp request",
    "rfc3164 ios-xr head pri=<187> counter=<138076> clock=<Dec 11 12:43:29.227 EST> node=<RP/0/RP0/CPU0> process=<snmpd[1002]> tag=<SNMP-SNMP/3/AUTH_FAIL> | Received snmp request",
  ],
  [
    "<186>4856: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:00.123 UTC: pakwatch[123]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV ",
    "rfc3164 ios-xr head pri=<186> origin=<xr1> counter=<4856> clock=<Mar  4 12:00:00.123 UTC> node=<RP/0/RSP0/CPU0> process=<pakwatch[123]> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent for resource PAK FSV",
  ],
  [
    "<190>12345: gw1 RP/0/RSP0/CPU0:Nov  1 11:11:24.927: isis[1006]: %ROUTING-ISIS-5-ADJCHANGE : Adjacency down",
    "rfc3164 ios-xr head pri=<190> origin=<gw1> counter=<12345> clock=<Nov  1 11:11:24.927> node=<RP/0/RSP0/CPU0> process=<isis[1006]> tag=<ROUTING-ISIS/5/ADJCHANGE> | Adjacency down",
  ],
  [
    "<189>71863: LC/0/0/CPU0:Jul 16 23:49:47.738 : ifmgr[217]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
    "rfc3164 ios-xr head pri=<189> counter=<71863> clock=<Jul 16 23:49:47.738> node=<LC/0/0/CPU0> process=<ifmgr[217]> tag=<PKT_INFRA-LINK/3/UPDOWN> | Interface down",
  ],
  [
    "<187>RP/0/RP0/CPU0:Aug 26 10:14:22.531 UTC: ifmgr[402]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
    "rfc3164 ios-xr head pri=<187> clock=<Aug 26 10:14:22.531 UTC> node=<RP/0/RP0/CPU0> process=<ifmgr[402]> tag=<PKT_INFRA-LINK/3/UPDOWN> | Interface down",
  ],
  [
    "<186>5: LC/0/1/CPU0:2020 Mar  4 12:00:00.123 JST: pakwatch[123]: %PKT_INFRA-PAKWATCH-6-INFO_BODY : /opt/bin/ipsec_pp 6055 9991",
    "rfc3164 ios-xr head pri=<186> counter=<5> clock=<2020 Mar  4 12:00:00.123 JST> node=<LC/0/1/CPU0> process=<pakwatch[123]> tag=<PKT_INFRA-PAKWATCH/6/INFO_BODY> | /opt/bin/ipsec_pp 6055 9991",
  ],
  [
    "0/RP0/ADMIN0:Sep 25 23:25:25.856 UTC: wd_diskmon[3204]: %INFRA-WD_DISKMON_SYSADMIN-4-DISK_WARN : disk",
    "bare ios-xr head clock=<Sep 25 23:25:25.856 UTC> node=<0/RP0/ADMIN0> process=<wd_diskmon[3204]> tag=<INFRA-WD_DISKMON_SYSADMIN/4/DISK_WARN> | disk",
  ],
  [
    "RP/0/RP0/CPU0:Sep 25 23:25:32.821 UTC: smartlicserver[186]: SMART_LIC-6-AGENT_READY:Smart Agent is ready",
    "bare ios-xr head clock=<Sep 25 23:25:32.821 UTC> node=<RP/0/RP0/CPU0> process=<smartlicserver[186]> tag=<SMART_LIC/6/AGENT_READY> | Smart Agent is ready",
  ],
  [
    "RP/0/RP0/CPU0:Sep 25 23:24:28.852 UTC: spp[113]: Initialized socket RX node",
    "bare ios-xr head clock=<Sep 25 23:24:28.852 UTC> node=<RP/0/RP0/CPU0> process=<spp[113]> | Initialized socket RX node",
  ],
  [
    "<190>290692: HOST_NAME RP/0/RSP0/CPU0:Mar 26 14:47:02.754 : SSHD_[65935]: %SECURITY-SSHD-6-INFO_USER_LOGOUT : User logged out",
    "rfc3164 ios-xr head pri=<190> origin=<HOST_NAME> counter=<290692> clock=<Mar 26 14:47:02.754> node=<RP/0/RSP0/CPU0> process=<SSHD_[65935]> tag=<SECURITY-SSHD/6/INFO_USER_LOGOUT> | User logged out",
  ],
  [
    "RP/0/RP1/CPU0:Mar 19 19:28:10 : sysmgr[71]: %SYSMGR-4-MANDATORY_REBOOT_ENABLE : mandatory reboot option enabled",
    "bare ios-xr head clock=<Mar 19 19:28:10> node=<RP/0/RP1/CPU0> process=<sysmgr[71]> tag=<SYSMGR/4/MANDATORY_REBOOT_ENABLE> | mandatory reboot option enabled",
  ],
  [
    "RP/0/0/CPU0:config[65960]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'noc'.",
    "bare ios-xr head node=<RP/0/0/CPU0> process=<config[65960]> tag=<MGBL-CONFIG/6/DB_COMMIT> | Configuration committed by user 'noc'.",
  ],
  [
    "RP/0/RP0/CPU0:Mar  4 12:00:00.123 UTC: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "bare ios-xr head clock=<Mar  4 12:00:00.123 UTC> node=<RP/0/RP0/CPU0> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent",
  ],
];

describe("IOS XR headers", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
