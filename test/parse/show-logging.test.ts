/** Tables of whole results for log buffers without an envelope. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "000019: Feb 3 07:02:25.571 EST: %LINK-5-CHANGED: Interface Vlan1, changed state to administratively down",
    "bare ios head sequence=<19> clock=<Feb 3 07:02:25.571 EST> tag=<LINK/5/CHANGED> | Interface Vlan1, changed state to administratively down",
  ],
  [
    "1234567: Feb 3 07:02:25.571: %LINK-5-CHANGED: Interface Vlan1, changed state to administratively down",
    "bare ios head sequence=<1234567> clock=<Feb 3 07:02:25.571> tag=<LINK/5/CHANGED> | Interface Vlan1, changed state to administratively down",
  ],
  [
    "30: foo: 6340004: *Mar  4 11:45:20: %SEC-6-IPACCESSLOGP: list 101 permitted",
    "bare ios head origin=<foo> counter=<30> sequence=<6340004> clock=<*Mar  4 11:45:20> tag=<SEC/6/IPACCESSLOGP> flags=<clock-unset> | list 101 permitted",
  ],
  [
    "30: foo: *Apr 29 13:58:46.000001: %SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 192.0.2.9 stopped",
    "bare ios head origin=<foo> counter=<30> clock=<*Apr 29 13:58:46.000001> tag=<SYS/6/LOGGINGHOST_STARTSTOP> flags=<clock-unset> | Logging to host 192.0.2.9 stopped",
  ],
  [
    "6359552: 1725203: Sep 30 09:26:53.893 EDT: %SFF8472-5-THRESHOLD_VIOLATION: Te2/1/7: Tx power low alarm",
    "bare ios head counter=<6359552> sequence=<1725203> clock=<Sep 30 09:26:53.893 EDT> tag=<SFF8472/5/THRESHOLD_VIOLATION> | Te2/1/7: Tx power low alarm",
  ],
  [
    "*Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 10260 bytes failed from 0x62912920, alignment 0 ",
    "bare ios head clock=<*Nov  6 16:00:00.000> tag=<SYS/2/MALLOCFAIL> flags=<clock-unset> | Memory allocation of 10260 bytes failed from 0x62912920, alignment 0",
  ],
  [
    "7:04: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet2/0/3, changed state to up",
    "bare ios head clock=<7:04> tag=<LINEPROTO/5/UPDOWN> | Line protocol on Interface GigabitEthernet2/0/3, changed state to up",
  ],
  [
    "19 03:02:31: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet2/0/3, changed state to up",
    "bare ios head clock=<19 03:02:31> tag=<LINEPROTO/5/UPDOWN> | Line protocol on Interface GigabitEthernet2/0/3, changed state to up",
  ],
  ["rtual-PPP2, changed state to down", "bare unknown tail | rtual-PPP2, changed state to down"],
  [
    "%SCP-SP-5-ASYNC_WATERMARK: SCP long queue wait",
    "bare ios head tag=<SCP-SP/5/ASYNC_WATERMARK> | SCP long queue wait",
  ],
  [
    "%PKT_INFRA-PAKWATCH-6-INFO_BODY : pkg/bin/ipsec_pp 540912 9984",
    "bare ios-xr head tag=<PKT_INFRA-PAKWATCH/6/INFO_BODY> | pkg/bin/ipsec_pp 540912 9984",
  ],
  [
    '"%SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1) -> 192.0.2.2(2), 1 packet"',
    "bare ios head tag=<SEC/6/IPACCESSLOGP> | list 101 denied tcp 192.0.2.1(1) -> 192.0.2.2(2), 1 packet",
  ],
];

describe("log buffers without an envelope", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
