/** Tables of whole results for terminal captures. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "RP/0/RP0/CPU0:xr1(config-if)#RP/0/0/CPU0:Oct 12 14:35:15.779 : ifmgr[228]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
    "bare ios-xr head prompt=<xr1> clock=<Oct 12 14:35:15.779> node=<RP/0/0/CPU0> process=<ifmgr[228]> tag=<PKT_INFRA-LINK/3/UPDOWN> | Interface down",
  ],
  [
    "r1#*Nov  6 16:00:00.000: %SYS-5-CONFIG_I: Configured from console by console",
    "bare ios head prompt=<r1> clock=<*Nov  6 16:00:00.000> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured from console by console",
  ],
  [
    "Router(config)#000019: *Nov  6 16:00:00.000: %SYS-5-CONFIG_I: Configured from console by console",
    "bare ios head prompt=<Router> sequence=<19> clock=<*Nov  6 16:00:00.000> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured from console by console",
  ],
  ["RP/0/RP0/CPU0:ios#show logging", "bare ios-xr tail prompt=<ios> | show logging"],
  [
    "r1>show logging | include %SYS-5-CONFIG_I: ",
    "bare unknown tail prompt=<r1> flags=<untrusted-tag> | show logging | include %SYS-5-CONFIG_I:",
  ],
  [
    "r1#30: foo: %SYS-5-CONFIG_I: Configured",
    "bare unknown tail prompt=<r1> flags=<untrusted-tag> | 30: foo: %SYS-5-CONFIG_I: Configured",
  ],
  [
    "r1#%PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "bare unknown tail prompt=<r1> flags=<untrusted-tag> | %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
  ],
  [
    " --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b*Nov  6 16:00:00.000: %SYS-5-CONFIG_I: Configured",
    "bare ios head clock=<*Nov  6 16:00:00.000> tag=<SYS/5/CONFIG_I> flags=<clock-unset> | Configured",
  ],
];

describe("terminal captures", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line, true)).toBe(result);
  });
});
