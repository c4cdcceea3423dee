/** What a terminal capture proves about running processes and active packages. */

import { describe, expect, test } from "vitest";
import { readSections } from "../../src/exposure/capture.ts";
import { readPackages as readPackagesOf, showsPackages } from "../../src/exposure/packages.ts";
import { readProcesses as readProcessesOf } from "../../src/exposure/processes.ts";

const sections = (text: string) => readSections(text.split(/\r?\n/).map((line) => ({ text: line, afterPager: false })));
const readProcesses = (text: string, names: string[]) => readProcessesOf(sections(text), names);
const readPackages = (text: string) => {
  const found = sections(text)
    .filter((section) => showsPackages(section.command))
    .map(readPackagesOf);
  return {
    platform: found.map((one) => one.platform).find((platform) => platform !== null) ?? null,
    smus: [...new Set(found.flatMap((one) => one.smus.map((smu) => smu.bug)))],
  };
};

const IPSEC = ["ipsec_mp", "ipsec_pp"];
const SIP = ["CCSIP_UDP_SOCKET", "CCSIP_TCP_SOCKET"];
const XR = "RP/0/RP0/CPU0:xr1#";
const HEAD = "JID    TID  Stack  pri  state        NAME             rt_pri\n";

describe("readProcesses", () => {
  test("sees both IPsec processes, each listed once however many threads it has", () => {
    const text = `${XR}show processes | include ipsec\nWed Mar  4 12:00:05.618 UTC\n222 5460 0K 20 Sleeping ipsec_mp 0\n222 6055 0K 20 Sleeping ipsec_mp 0\n312 5461 0K 20 Sleeping ipsec_pp 0\n${XR}`;
    expect(readProcesses(text, IPSEC)).toEqual({ checked: IPSEC, running: IPSEC });
  });

  test.each(["", "\n", `\nWed Mar  4 12:00:05.618 UTC\n${XR}`])(
    "takes no output after the command as not running (%j)",
    (rest) => {
      const text = `${XR}show processes | include ipsec${rest}`;
      expect(readProcesses(text, IPSEC)).toEqual({ checked: IPSEC, running: [] });
    },
  );

  test("does not take the name in a filter for a process, nor one filter for both names", () => {
    const one = `${XR}show processes | include ipsec_pp\n`;
    expect(readProcesses(one, IPSEC)).toEqual({ checked: ["ipsec_pp"], running: [] });
    expect(readProcesses(`${one}${XR}sh proc | i ipsec_mp\n`, IPSEC)).toEqual({ checked: IPSEC, running: [] });
    expect(readProcesses(`${XR}show processes | include "ipsec_mp|ipsec_pp"\n`, IPSEC).checked).toEqual(IPSEC);
  });

  test("reads IOS columns that run into each other and a name on a line of its own", () => {
    const text =
      "r1# show processes | include SIP\r\n 149 Mwe 40F48254          4          1    400023108/24000  0 CCSIP_UDP_SOCKET\r\n" +
      " 150 Mwe 40F48034          4          1    400023388/24000  0  \r\nCCSIP_TCP_SOCKET\r\nr1#";
    expect(readProcesses(text, SIP)).toEqual({ checked: SIP, running: SIP });
  });

  test("does not count other names with SIP in them", () => {
    const text =
      "r1#show processes | include SIP\n  12 Mwe 40F48254   4   1  4000 5212/6000  0 PPP SIP\n 151 Mwe 40F4   4   1  4000 5212/6000  0 CCSIP_EVENT_TRAC\nr1#";
    expect(readProcesses(text, SIP)).toEqual({ checked: SIP, running: [] });
  });

  test("reads a whole table, with or without its command", () => {
    const table = `${HEAD}222 5460 0K 20 Sleeping ipsec_mp 0\n`;
    expect(readProcesses(table, IPSEC)).toEqual({ checked: IPSEC, running: ["ipsec_mp"] });
    expect(readProcesses(`${XR}show processes\n${table}${XR}`, IPSEC).running).toEqual(["ipsec_mp"]);
    expect(readProcesses(`${HEAD}1 2 0K 20 Sleeping udp 0\n`, IPSEC)).toEqual({ checked: IPSEC, running: [] });
  });

  test.each([
    [
      "a refused command",
      `${XR}show processes | include ipsec\n                ^\n% Invalid input detected at '^' marker.\n${XR}`,
    ],
    ["a command without permission", "r1>show processes | include ipsec\nCommand authorization failed.\n"],
    ["a filter that hides rows", `${XR}show processes | exclude Sleeping\n${HEAD}`],
    ["a filter on another name", `${XR}show processes | include bgp\n`],
    ["a graph", "r1#show processes cpu history\n    888  \n"],
    ["an empty table without a head", `${XR}show processes\n${XR}`],
    ["another command", `${XR}show logging | include ipsec\n${XR}`],
    ["an empty capture", ""],
  ])("does not take %s for a check", (_what, text) => {
    expect(readProcesses(text, IPSEC)).toEqual({ checked: [], running: [] });
  });
});

describe("readPackages", () => {
  const SMU = "    disk0:asr9k-px-6.4.2.CSCvr75998-1.0.0\n";

  test("finds the platform and the upgrade among the active packages", () => {
    const text = `${XR}show install active summary\n  Active Packages:\n    disk0:asr9k-mini-px-6.4.2\n${SMU}${SMU}${XR}`;
    expect(readPackages(text)).toEqual({ platform: "asr9k-px", smus: ["CSCvr75998"] });
  });

  test("reads them from show version too", () => {
    const text =
      'Cisco IOS XR Software, Version 6.4.2[Default]\nSystem image file is "disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm"\n' +
      "asr9k-px-6.4.2.CSCvr75998, V 1.0.0[SMU], Cisco Systems, at disk0:asr9k-px-6.4.2.CSCvr75998-1.0.0\n";
    expect(readPackages(text)).toEqual({ platform: "asr9k-px", smus: ["CSCvr75998"] });
    expect(readPackages(text.split("\n").slice(0, 2).join("\n"))).toEqual({ platform: "asr9k-px", smus: [] });
  });

  test.each([
    `${XR}show install inactive summary\n${SMU}`,
    `${XR}show install active summary\n  Active Packages:\n  Inactive Packages:\n${SMU}`,
    `${XR}show install committed summary\n  Committed Packages:\n${SMU}`,
    `${XR}show install log\n${SMU}`,
  ])("does not count an upgrade that is not active: %j", (text) => {
    expect(readPackages(text).smus).toEqual([]);
  });

  test("reads the fixes of IOS XR 7, and tells 64-bit packages from 32-bit ones", () => {
    const text =
      "Active Packages:\n    asr9k-k9sec-x64-7.0.1\nActive Fixes (count: 2):\n  CSCvq00001: xr-fib\n  CSCvr75998: xr-ipsec\n";
    expect(readPackages(text)).toEqual({ platform: "asr9k-x64", smus: ["CSCvq00001", "CSCvr75998"] });
  });
});
