/** Tables of whole results for RFC 5424 headers. */

import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const LINES: [line: string, result: string][] = [
  [
    "<186>1 2020-03-04T12:00:00.123Z xr1 pakwatch 123 - - %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "rfc5424 ios-xr head pri=<186> hostname=<xr1> clock=<2020-03-04T12:00:00.123Z> process=<pakwatch[123]> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent",
  ],
  [
    "<186>1 2020-03-04T12:00:00.123+09:00 xr1 - - PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC - Depletion level 100 percent",
    "rfc5424 ios-xr head pri=<186> hostname=<xr1> clock=<2020-03-04T12:00:00.123+09:00> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent",
  ],
  [
    "<186>1 2020-03-04T12:00:00.123Z 192.0.2.7 RP/0/RSP0/CPU0 - - - ﻿%PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent",
    "rfc5424 ios-xr head pri=<186> hostname=<192.0.2.7> clock=<2020-03-04T12:00:00.123Z> node=<RP/0/RSP0/CPU0> tag=<PKT_INFRA-PAKWATCH/2/DEPLETION_CATASTROPHIC> | Depletion level 100 percent",
  ],
  [
    "<189>1 2013-11-06T16:00:00.000Z r1 - - - - *Mar  1 00:00:27.307: %SYS-5-RESTART: System restarted --",
    "rfc5424 ios head pri=<189> relayTime=<2013-11-06T16:00:00.000Z> hostname=<r1> clock=<*Mar  1 00:00:27.307> tag=<SYS/5/RESTART> flags=<clock-unset> | System restarted --",
  ],
  [
    "<190>1 2020 Mar  4 12:00:00.123 EET xr1 config 65960 - - 5300: RP/0/RSP0/CPU0:config[65960]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'noc'.",
    "rfc5424 ios-xr head pri=<190> hostname=<xr1> counter=<5300> clock=<2020 Mar  4 12:00:00.123 EET> node=<RP/0/RSP0/CPU0> process=<config[65960]> tag=<MGBL-CONFIG/6/DB_COMMIT> | Configuration committed by user 'noc'.",
  ],
  [
    "<190>1 2020 Mar  4 12:00:00.123 xr1 config 65960 - - 5300: RP/0/RSP0/CPU0:config[65960]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'noc'.",
    "rfc5424 ios-xr head pri=<190> hostname=<xr1> counter=<5300> clock=<2020 Mar  4 12:00:00.123> node=<RP/0/RSP0/CPU0> process=<config[65960]> tag=<MGBL-CONFIG/6/DB_COMMIT> | Configuration committed by user 'noc'.",
  ],
  [
    '<189>1 - r1 - - - [meta a="\\"\\\\\\]" b=""][x] %SYS-5-CONFIG_I: Configured',
    "rfc5424 ios head pri=<189> hostname=<r1> tag=<SYS/5/CONFIG_I> | Configured",
  ],
  [
    "<189>1 2013-11-06T16:00:00.000Z r1 - - - - : *Mar  1 00:00:27.307: %SYS-5-RESTART: System restarted --",
    "rfc5424 ios head pri=<189> relayTime=<2013-11-06T16:00:00.000Z> hostname=<r1> clock=<*Mar  1 00:00:27.307> tag=<SYS/5/RESTART> flags=<clock-unset> | System restarted --",
  ],
  [
    "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - Time to make the tea.",
    "rfc5424 other head pri=<165> hostname=<192.0.2.1> clock=<2003-08-24T05:14:15.000003-07:00> process=<myproc[8710]> | Time to make the tea.",
  ],
  [
    "Aug 22 05:11:06 relay1 <189>1 2013-11-06T16:00:00Z r1 - - - - %SYS-5-CONFIG_I: Configured",
    "rfc5424 ios head pri=<189> relay=<relay1> relayTime=<Aug 22 05:11:06> hostname=<r1> clock=<2013-11-06T16:00:00Z> tag=<SYS/5/CONFIG_I> | Configured",
  ],
];

describe("RFC 5424 headers", () => {
  it.each(LINES)("reads %s", (line, result) => {
    expect(summary(line)).toBe(result);
  });
});
