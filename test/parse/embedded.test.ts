/** Tables of whole results for several lines in one message. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "<186>1231: r1: *Nov  6 16:00:00.000: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed#012Pool: Processor  Free: 79840#012#011-Traceback= 0x61488C44",
    "rfc3164 ios head pri=<186> origin=<r1> counter=<1231> clock=<*Nov  6 16:00:00.000> tag=<SYS/2/MALLOCFAIL> flags=<clock-unset> | Memory allocation of 65536 bytes failed\nPool: Processor  Free: 79840\n\t-Traceback= 0x61488C44",
  ],
  [
    "<189>30: r1: *Apr 29 13:58:40.411: %SYS-5-CONFIG_I: Configured\r\n<186>1: RP/0/RP0/CPU0:Mar  4 12:00:00 : p[1]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : x\n",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<30> clock=<*Apr 29 13:58:40.411> tag=<SYS/5/CONFIG_I> flags=<embedded-header,clock-unset> | Configured\n<186>1: RP/0/RP0/CPU0:Mar  4 12:00:00 : p[1]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : x",
  ],
  [
    "<189>30: r1: *Apr 29 13:58:40.411: text\n*Mar  1 00:00:01: %SYS-5-CONFIG_I: Configured",
    "rfc3164 ios head pri=<189> origin=<r1> counter=<30> clock=<*Apr 29 13:58:40.411> flags=<untrusted-tag,embedded-header,clock-unset> | text\n*Mar  1 00:00:01: %SYS-5-CONFIG_I: Configured",
  ],
];

describe("several lines in one message", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
