/** Which headerless lines continue a message, and what a repeated origin-id before them is. */

import { describe, expect, it } from "vitest";
import { continuationKind } from "../../src/parse/continuation.ts";

describe("a continuation line", () => {
  it.each([
    ["Pool: Processor  Free: 79840  Cause: Not enough free memory", "pool", null],
    ["r1: Alternate Pool: None  Free: 0  Cause: No Alternate pool", "pool", "r1"],
    ['r1:  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263', "process", "r1"],
    [' -Process= "CCSIP_UDP_SOCKET", ipl= 0, pid= 149, -Traceback= 0x61488C44', "process", null],
    ["Process = IP Input", "process", null],
    ["-Traceback= E94DD0z 1453E1Cz", "traceback", null],
    ["Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5", "banner", null],
    ["Cisco Internetwork Operating System Software", "banner", null],
    ["IOS (tm) C2600 Software (C2600-I-M), Version 12.2(2)XA1", "banner", null],
    ["core.example: Technical Support: http://www.cisco.com/techsupport", "banner", "core.example"],
    ["Copyright (c) 1986-2012 by Cisco Systems, Inc.", "banner", null],
    ["Compiled Tue 04-Sep-12 20:14 by prod_rel_team", "banner", null],
    ["        connection id=29, sequence number=219", "indented", null],
    ["\tconnection id=29", "indented", null],
    ["r1:   connection id=29", "indented", "r1"],
  ])("is told from its keyword: %s", (text, kind, origin) => {
    const found = continuationKind(text);
    expect(found).toEqual({ kind, origin, text: origin === null ? text : text.slice(origin.length + 2) });
  });

  it.each([
    "rtual-PPP2, changed state to down",
    " one space only",
    "Processor board ID FTX0000",
    "user said Pool: Processor",
    "a b: Pool: Processor",
    "",
  ])("is not made of other text: %j", (text) => {
    expect(continuationKind(text)).toBeNull();
  });
});
