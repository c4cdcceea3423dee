/** Version banners: of each system, of a boot message, and of lines that are none. */

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readBanner } from "../../src/exposure/banner.ts";

const BOOTSTRAP = "ROM: System Bootstrap, Version 15.1(4)M4, RELEASE SOFTWARE (fc1)\n";

describe("readBanner", () => {
  test.each([
    ["Cisco IOS XR Software, Version 6.4.2[Default]\nCopyright (c) 2018", "ios-xr", "6.4.2", null],
    ["Cisco IOS XR Software, Version 6.1.4.10I[Default]\r\n", "ios-xr", "6.1.4.10I", null],
    ["Wed Mar  4 12:00:00.123 UTC\nCisco IOS XR Software, Version 7.9.2 LNT\n", "ios-xr", "7.9.2", null],
    ["Cisco Nexus Operating System (NX-OS) Software\nSoftware\n  NXOS: version 9.3(5)\n", "nx-os", "9.3(5)", null],
    ["Cisco Nexus Operating System (NX-OS) Software\n  system:    version 7.0(3)I7(8)\n", "nx-os", "7.0(3)I7(8)", null],
    ["Cisco Adaptive Security Appliance Software Version 9.8(2)20 <system>\n", "asa", "9.8(2)20", null],
    ["Cisco Firepower Threat Defense for VMware (75) Version 6.2.3 (Build 83)\n", "asa", "6.2.3", null],
    [
      "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)",
      "ios",
      "15.1(4)M5",
      "C2900-UNIVERSALK9-M",
    ],
    [
      "Cisco IOS Software, C3900 Software (C3900-UNIVERSALK9-M), Version  \n15.0(1)M1, RELEASE SOFTWARE (fc1)",
      "ios",
      "15.0(1)M1",
      "C3900-UNIVERSALK9-M",
    ],
    [
      "Cisco Internetwork Operating System Software \nIOS (tm) C2600 Software (C2600-I-M), Version 12.2(8)T1,  RELEASE",
      "ios",
      "12.2(8)T1",
      "C2600-I-M",
    ],
    [
      "Cisco IOS Software, vios_l2 Software (vios_l2-ADV-M), Experimental Version 15.2(4.0.55)E, TEST",
      "ios",
      "15.2(4.0.55)E",
      "vios_l2-ADV-M",
    ],
    // A terminal of 80 columns breaks the release itself: M10 is not M1.
    [
      "Cisco IOS Software, 2800 Software (C2800NM-ADVENTERPRISEK9-M), Version 15.1(4)M1\n0, RELEASE SOFTWARE (fc1)\n",
      "ios",
      "15.1(4)M10",
      "C2800NM-ADVENTERPRISEK9-M",
    ],
    [
      "Cisco IOS Software, C181X Software (C181X-ADVENTERPRISEK9-M), Version 15.1(4)M10\n, RELEASE SOFTWARE (fc1)\n",
      "ios",
      "15.1(4)M10",
      "C181X-ADVENTERPRISEK9-M",
    ],
  ] as const)("reads %j", (text, os, release, image) => {
    expect(readBanner(text)).toEqual({ os, release, image });
  });

  test.each([
    [
      "Cisco IOS XE Software, Version 16.09.01\nCisco IOS Software [Fuji], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 16.9.1, X",
      "16.09.01",
    ],
    [
      "Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)\n",
      "15.1(4)M5",
    ],
    [
      "Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.1(4)M5, X\nIOS XE Version: 03.05.02.S\n",
      "03.05.02.S",
    ],
    [
      "Cisco IOS Software, ISR Software (PPC_LINUX_IOSD-IPBASEK9-M), Version 15.1(4)M4, RELEASE SOFTWARE (fc1)\n",
      "15.1(4)M4",
    ],
    [
      "Cisco IOS XE Software, Version V169_5_SR1_2\nCisco IOS Software [Fuji], ISR Software (X86_64_LINUX_IOSD-A-M), Version 16.9.5, Y",
      "V169_5_SR1_2",
    ],
  ])("knows IOS XE by its banner although it holds the release of an IOS: %j", (text, release) => {
    expect(readBanner(text)).toMatchObject({ os: "ios-xe", release });
  });

  test("reads the banner that follows a boot message", () => {
    const text =
      "System restarted --\nCisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)\n" +
      "Technical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-2012 by Cisco Systems, Inc.";
    expect(readBanner(text)).toMatchObject({ os: "ios", release: "15.1(4)M5" });
  });

  test.each([
    "",
    BOOTSTRAP,
    "BOOTLDR: C2900 Software (C2900-BOOT-M), Version 15.1(4)M4, RELEASE SOFTWARE (fc1)",
    "BOOTLDR: Cisco IOS Software, C2900 Software (C2900-BOOT-M), Version 15.1(4)M4, RELEASE SOFTWARE (fc1)",
    "login: Cisco IOS XR Software, Version 6.5.1",
    "Cisco IOS XR Software, Version unknown",
    "Configured from console by console",
  ])("takes no release from %j", (text) => {
    expect(readBanner(text)).toBeNull();
  });

  test("takes the release of the system and not that of its boot loader", () => {
    const image =
      "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.2(4)M6, RELEASE SOFTWARE (fc1)\n";
    expect(readBanner(image + BOOTSTRAP)?.release).toBe("15.2(4)M6");
    expect(readBanner(BOOTSTRAP + image)?.release).toBe("15.2(4)M6");
  });

  test("takes no control characters into a release", () => {
    const text = "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5\u001b[2J, X";
    expect(readBanner(text)?.release).toBe("15.1(4)M5");
  });

  test("stays linear on hostile text", () => {
    const start = performance.now();
    for (const piece of [
      "Cisco IOS Software(a",
      "Cisco IOS Software(a),\n",
      " \t",
      "\n",
      "Cisco Firepower Threat Version ",
      "(",
    ]) {
      readBanner(piece.repeat(Math.ceil(400_000 / piece.length)));
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

const corpus = new URL("../../../shared/corpus/show-captures-ntc.jsonl", import.meta.url);

describe.skipIf(!existsSync(corpus))("readBanner on captures of real routers", () => {
  interface Capture {
    source: string;
    command: string;
    text: string;
    os: string;
    release: string | null;
  }
  const captures = (existsSync(corpus) ? readFileSync(corpus, "utf8").trim().split("\n") : [])
    .map((line) => JSON.parse(line) as Capture)
    .filter(({ command, source }) => command.startsWith("show version") && /cisco_(?:ios|xr|nxos|asa)_/.test(source));

  test("there are captures", () => {
    expect(captures.length).toBeGreaterThan(15);
  });

  test.each(captures)("$source", ({ text, os, release }) => {
    const banner = readBanner(text);
    expect(banner?.os.replace("-", "")).toBe(os);
    // IOS XE has two releases and this corpus names either; IOS XR 7 marks its Linux base behind the release.
    if (os !== "iosxe") expect(banner?.release).toBe(release?.replace(" LNT", ""));
  });
});
