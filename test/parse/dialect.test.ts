/** Tables of whole results for other systems. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "<166>2022-02-16T15:31:53Z fw1 : %FTD-6-305012: Teardown dynamic TCP translation",
    "rfc3164 asa head pri=<166> relay=<fw1> relayTime=<2022-02-16T15:31:53Z> tag=<FTD/6/305012> | Teardown dynamic TCP translation",
  ],
  [
    "Jul 22 14:18:18 UTC 31f6ed1e-0a06 : %FTD-vpn-3-713902: Group = 192.0.2.1, Removing peer",
    "rfc3164 asa head relay=<31f6ed1e-0a06> relayTime=<Jul 22 14:18:18 UTC> tag=<FTD-vpn/3/713902> | Group = 192.0.2.1, Removing peer",
  ],
  [
    "<111>:Apr 29 13:58:46 UTC: %ASA-6-302015: Built outbound UDP connection",
    "rfc3164 asa head pri=<111> clock=<Apr 29 13:58:46 UTC> tag=<ASA/6/302015> | Built outbound UDP connection",
  ],
  [
    "<166> 2020-04-29T13:58:46.411234+00:00Z fw1 : %ASA-3-710003: TCP access denied by ACL",
    "rfc3164 asa head pri=<166> relay=<fw1> relayTime=<2020-04-29T13:58:46.411234+00:00Z> tag=<ASA/3/710003> | TCP access denied by ACL",
  ],
  [
    "<118>2020-02-04T11:00:54Z %FTD-6-430003: AccessControlRuleAction: Allow",
    "rfc3164 asa head pri=<118> clock=<2020-02-04T11:00:54Z> tag=<FTD/6/430003> | AccessControlRuleAction: Allow",
  ],
  [
    "<111> Apr 29 13:58:46 fw1 : %FWSM-6-106100: access-list outside-access-in",
    "rfc3164 asa head pri=<111> relay=<fw1> relayTime=<Apr 29 13:58:46> tag=<FWSM/6/106100> | access-list outside-access-in",
  ],
  [
    "fw1 : %ASA-4-106023: Deny udp src dmz:192.0.2.1/123",
    "bare asa head origin=<fw1> tag=<ASA/4/106023> | Deny udp src dmz:192.0.2.1/123",
  ],
  [
    "<187>: 2025 Jun 25 11:27:28 GMT: %AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed",
    "rfc3164 nx-os head pri=<187> clock=<2025 Jun 25 11:27:28 GMT> tag=<AUTHPRIV/3/SYSTEM_MSG> | pam_aaa:Authentication failed",
  ],
  [
    "<190>sw01: 2017 Jul 28 14:42:46 UTC: %AUTHPRIV-6-SYSTEM_MSG: session opened",
    "rfc3164 nx-os head pri=<190> origin=<sw01> clock=<2017 Jul 28 14:42:46 UTC> tag=<AUTHPRIV/6/SYSTEM_MSG> | session opened",
  ],
  [
    "<189>2018 Oct 31 08:12:52 sw01.test %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down",
    "rfc3164 nx-os head pri=<189> relay=<sw01.test> relayTime=<2018 Oct 31 08:12:52> tag=<ETHPORT/5/IF_DOWN_LINK_FAILURE> | Interface Ethernet1/1 is down",
  ],
  [
    "<187>: 2019 Apr 18 11:00:27 UTC: %$ VDC-1 %$ %MODULE-2-MOD_FAIL: Module 3 failed",
    "rfc3164 nx-os head pri=<187> clock=<2019 Apr 18 11:00:27 UTC> tag=<MODULE/2/MOD_FAIL> | Module 3 failed",
  ],
  [
    "<165> Apr 29 13:58:46 apic1 %ACLLOG-5-ACLLOG_PKTLOG unable to locate real message",
    "rfc3164 other head pri=<165> relay=<apic1> relayTime=<Apr 29 13:58:46> tag=<ACLLOG/5/ACLLOG_PKTLOG> | unable to locate real message",
  ],
  [
    "<166>Oct 18 14:39:03 edge01 Rib: %AGENT-6-INITIALIZED: Agent 'Rib' initialized; pid=7104",
    "rfc3164 other head pri=<166> relay=<edge01> relayTime=<Oct 18 14:39:03> process=<Rib[]> tag=<AGENT/6/INITIALIZED> | Agent 'Rib' initialized; pid=7104",
  ],
];

describe("other systems", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
