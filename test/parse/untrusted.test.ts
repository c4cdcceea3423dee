/** Tables of whole results for what is not a header. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "<192>1: r1: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured",
    "bare unknown tail flags=<bad-pri,untrusted-tag> | <192>1: r1: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured",
  ],
  ["<0191>1: text", "bare unknown tail flags=<bad-pri> | <0191>1: text"],
  ["<>1: text", "bare unknown tail flags=<bad-pri> | <>1: text"],
  ["<-1>text", "bare unknown tail flags=<bad-pri> | <-1>text"],
  ["<1e2>text", "bare unknown tail flags=<bad-pri> | <1e2>text"],
  ["<999>text", "bare unknown tail flags=<bad-pri> | <999>text"],
  ["<6", "bare unknown tail flags=<bad-pri> | <6"],
  ["<", "bare unknown tail flags=<bad-pri> | <"],
  [
    "<189>30: r1: *Apr 29 13:58:40.411: interface description is %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<30> clock=<*Apr 29 13:58:40.411> flags=<untrusted-tag,clock-unset> | interface description is %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV",
  ],
  [
    "<189>30: user said r1: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "rfc3164 unknown tail pri=<189> counter=<30> flags=<untrusted-tag> | user said r1: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
  ],
  [
    "*Apr 29 13:58:40.411: note: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "bare ios head clock=<*Apr 29 13:58:40.411> flags=<untrusted-tag,clock-unset> | note: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
  ],
  [
    "Jun 14 15:16:01 combo sshd: Invalid user %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "rfc3164 other tail relay=<combo> relayTime=<Jun 14 15:16:01> flags=<untrusted-tag> | sshd: Invalid user %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
  ],
  [
    "Reloading 0/RP0/CPU0: %PKT_INFRA-LINK-3-UPDOWN : text",
    "bare unknown tail flags=<untrusted-tag> | Reloading 0/RP0/CPU0: %PKT_INFRA-LINK-3-UPDOWN : text",
  ],
  [
    "<189>1 2020-02-30T12:00:00Z r1 - - - - %SYS-5-CONFIG_I: Configured",
    "rfc3164 unknown tail pri=<189> flags=<untrusted-tag> | 1 2020-02-30T12:00:00Z r1 - - - - %SYS-5-CONFIG_I: Configured",
  ],
  [
    "<189>1 2020-02-03T12:00:00Z r1 - - - [a][a] %SYS-5-CONFIG_I: Configured",
    "rfc3164 unknown tail pri=<189> flags=<untrusted-tag> | 1 2020-02-03T12:00:00Z r1 - - - [a][a] %SYS-5-CONFIG_I: Configured",
  ],
  ["<189>%SYS-5-CONFIG_I", "rfc3164 unknown tail pri=<189> flags=<untrusted-tag> | %SYS-5-CONFIG_I"],
  [
    "<189>30: r1: *Apr 29 13:58:40.411: %ACLLOG-5-ACLLOG_PKTLOG unable to locate",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<30> clock=<*Apr 29 13:58:40.411> flags=<untrusted-tag,clock-unset> | %ACLLOG-5-ACLLOG_PKTLOG unable to locate",
  ],
  [
    "Feb  8 04:00:48 relay1 <192>27: *Mar  1 00:00:01: %SYS-5-CONFIG_I: Configured",
    "rfc3164 other tail relay=<relay1> relayTime=<Feb  8 04:00:48> flags=<untrusted-tag> | <192>27: *Mar  1 00:00:01: %SYS-5-CONFIG_I: Configured",
  ],
  ["<00>1: text", "bare unknown tail flags=<bad-pri> | <00>1: text"],
  [
    "Oct 11 22:14:15 combo su: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "rfc3164 other head relay=<combo> relayTime=<Oct 11 22:14:15> process=<su[]> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent",
  ],
];

describe("what is not a header", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
