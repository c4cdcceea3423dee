/** `telltale assess` as its user runs it: the whole truth table of both advisories, and captures as terminals leave them. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { ExposureState } from "../../src/model.ts";
import { activePackages, iosCapture, xeCapture, xrCapture } from "../support/captures.ts";
import { ROOT, telltale } from "../support/cli.ts";

const IPSEC = "cisco-sa-iosxr-ipsec-dos-q8UPX6m";
const SIP = "cisco-sa-20131106-sip";
const folder = mkdtempSync(join(tmpdir(), "telltale-assess-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// Two advisories alone, however many there are.
const rules = join(folder, "rules");
for (const advisory of [IPSEC, SIP]) cpSync(join(ROOT, "rules", advisory), join(rules, advisory), { recursive: true });

interface Line {
  device: string;
  advisory: string;
  state: ExposureState;
  os: string;
  release: string | null;
  reason: string;
  firstFixed: string | null;
  source: string;
}

/** Runs `telltale assess` on stdin or on files of these texts; the lines it prints. */
async function assess(input: string | Record<string, string | Buffer>, args: string[] = []) {
  const files = typeof input === "string" ? ["-"] : Object.keys(input).map((name) => join(folder, name));
  if (typeof input !== "string")
    for (const [name, text] of Object.entries(input)) writeFileSync(join(folder, name), text);
  const ran = await telltale(
    ["assess", ...files, "--json", "--rules", rules, ...args],
    typeof input === "string" ? { input } : {},
  );
  const lines = ran.stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  return { ...ran, lines, of: (advisory: string) => lines.filter((line) => line.advisory === advisory) };
}

type Row = [
  release: string,
  state: ExposureState,
  firstFixed: string | null,
  options?: Parameters<typeof xrCapture>[2],
];

const PX = 'System image file is "disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm"\n';
const IPSEC_ROWS: Row[] = [
  ["3.9.1", "vulnerable", "6.4.3"],
  ["4.3.4[Default]", "vulnerable", "6.4.3"],
  ["5.3.2", "vulnerable", "6.4.3"],
  ["6.1.21.15I", "vulnerable", "6.4.3"],
  ["6.1.4.10I[Default]", "vulnerable", "6.4.3"],
  ["6.3.3", "vulnerable", "6.4.3"],
  ["6.4.1", "vulnerable", "6.4.3"],
  ["6.4.2", "vulnerable", "6.4.3"],
  ["6.4.2", "vulnerable", "6.4.3", { version: PX }],
  ["6.4.3.10I", "unknown", "6.4.3"],
  ["6.4.3", "fixed", "6.4.3"],
  ["6.4.4", "fixed", "6.4.3"],
  ["6.5.1", "vulnerable", "6.6.3"],
  ["6.5.2", "vulnerable", "6.6.3"],
  ["6.5.3", "vulnerable", "6.6.3"],
  ["6.5.25", "vulnerable", "6.6.3"],
  ["6.6.1", "vulnerable", "6.6.3"],
  ["6.6.2", "vulnerable", "6.6.3"],
  ["6.6.25", "unknown", "6.6.3"],
  ["6.6.3", "fixed", "6.6.3"],
  ["6.6.4", "fixed", "6.6.3"],
  ["6.7.1", "unknown", "7.0.2"],
  ["6.9.2", "unknown", "7.0.2"],
  ["7.0.1", "vulnerable", "7.0.2"],
  ["7.0.2", "fixed", "7.0.2"],
  ["7.0.11", "unknown", "7.0.2"],
  ["7.0.12", "unknown", "7.0.2"],
  ["7.1.1", "fixed", "7.1.1"],
  ["7.1.1.5I", "unknown", "7.1.1"],
  ["7.1.15", "fixed", "7.1.1"],
  ["7.2.1", "fixed", "7.1.1"],
  ["7.9.2 LNT", "fixed", "7.1.1"],
  ["7.10.2", "fixed", "7.1.1"],
  // Unless a process that can be attacked runs, an affected release is not exposed; a release with the fix is fixed all the same.
  ["6.5.3", "not-affected", "6.6.3", { processes: "" }],
  ["6.7.1", "not-affected", "7.0.2", { processes: "" }],
  ["7.2.1", "fixed", "7.1.1", { processes: "" }],
  ["6.5.3", "vulnerable", "6.6.3", { processes: "312 5461 0K 20 Sleeping ipsec_pp 0\n" }],
  [
    "6.5.3",
    "not-affected",
    "6.6.3",
    { processes: "101 5461 0K 20 Sleeping ipsec_ppx 0\n 9 9 0K 20 Sleeping notipsec_mp 0\n" },
  ],
  ["6.5.3", "vulnerable", "6.6.3", { processes: null }],
  ["6.4", "unknown", null],
  ["6.x", "unknown", null],
];

const SIP_ROWS: [release: string, state: ExposureState, firstFixed: string | null, processes?: string | null][] = [
  ["12.2(33)SXI4", "not-affected", null],
  ["12.0(32)S", "not-affected", null],
  ["12.3(26)", "not-affected", null],
  ["12.4(25e)JAO3a", "not-affected", null],
  ["15.0(1)M1", "not-affected", null],
  ["15.1(1)T", "not-affected", null],
  ["15.1(2)EY4", "not-affected", null],
  ["15.1(4)M", "not-affected", null],
  ["15.1(4)M1", "not-affected", null],
  ["15.1(4)M3", "not-affected", null],
  ["15.1(4)M3a", "not-affected", null],
  ["15.1(4)M4", "vulnerable", "15.1(4)M7"],
  ["15.1(4)M5", "vulnerable", "15.1(4)M7"],
  ["15.1(4)M6", "vulnerable", "15.1(4)M7"],
  ["15.1(4)M6a", "vulnerable", "15.1(4)M7"],
  ["15.1(4)M7", "fixed", "15.1(4)M7"],
  ["15.1(4)M8", "fixed", "15.1(4)M7"],
  ["15.1(4)M10", "fixed", "15.1(4)M7"],
  ["15.1(2)GC", "not-affected", null],
  ["15.1(2)GC1", "not-affected", null],
  ["15.1(2)GC2", "unknown", "15.1(4)M7"],
  ["15.1(4)GC", "vulnerable", "15.1(4)M7"],
  ["15.1(4)GC1", "vulnerable", "15.1(4)M7"],
  ["15.1(4)GC2", "unknown", "15.1(4)M7"],
  ["15.1(3)MR", "not-affected", null],
  ["15.1(2)S", "not-affected", null],
  ["15.1(2)SG", "not-affected", null],
  ["15.1(2)SNG", "not-affected", null],
  ["15.1(2)SNH1", "not-affected", null],
  ["15.1(4)XB8", "unknown", null],
  ["15.1(4)XB8a", "unknown", null],
  ["15.1(1)XB", "unknown", null],
  ["15.1(1)SY3", "unknown", null],
  ["15.2(4)M4", "not-affected", null],
  ["15.2(4.0.55)E", "not-affected", null],
  ["15.3(3)M1", "not-affected", null],
  ["15.4(1)T", "unknown", null],
  ["15.4(3)M2", "unknown", null],
  ["15.8(3)M2", "unknown", null],
  ["11.3(11)T2", "unknown", null],
  ["15.1(4)M5", "not-affected", "15.1(4)M7", ""],
  [
    "15.1(4)M5",
    "not-affected",
    "15.1(4)M7",
    "  12 Mwe 40F48254   4   1  4000 5212/6000  0 PPP SIP\n 151 Mwe 40F4   4   1  4000 5212/6000  0 CCSIP_EVENT_TRAC\n",
  ],
  [
    "15.1(4)M5",
    "vulnerable",
    "15.1(4)M7",
    " 150 Mwe 40F48034          4          1    400023388/24000  0  \nCCSIP_TCP_SOCKET\n",
  ],
  ["15.1(4)M5", "vulnerable", "15.1(4)M7", null],
  ["15.1(4)M7", "fixed", "15.1(4)M7", ""],
];

describe("the truth table", () => {
  test("of CVE-2020-3190, one router for each row", async () => {
    const { of, code } = await assess(
      IPSEC_ROWS.map(([release, , , options], i) => xrCapture(`xr-${i}`, release, options)).join("\n"),
    );
    expect(code).toBe(0);
    expect(of(IPSEC).map(({ device, state, firstFixed, os }) => [device, os, state, firstFixed])).toEqual(
      IPSEC_ROWS.map(([, state, firstFixed], i) => [`xr-${i}`, "ios-xr", state, firstFixed]),
    );
    expect(of(SIP).every((line) => line.state === "not-affected")).toBe(true);
  });

  test("of the upgrade for CVE-2020-3190: only asr9k-px with 6.4.2 or 6.5.3", async () => {
    const smu = (release: string, platform = "asr9k-px") => `${platform}-${release}.CSCvr75998-1.0.0`;
    const rows: [release: string, packages: string[], state: ExposureState][] = [
      ["6.4.2", ["asr9k-mini-px-6.4.2", smu("6.4.2")], "fixed"],
      ["6.5.3", ["asr9k-mini-px-6.5.3", smu("6.5.3")], "fixed"],
      ["6.5.3", ["asr9k-mini-px-6.5.3", "asr9k-px-6.5.3.CSCvq00001-1.0.0"], "vulnerable"],
      ["6.5.2", ["asr9k-mini-px-6.5.2", smu("6.5.2")], "vulnerable"],
      ["6.4.1", ["asr9k-mini-px-6.4.1", smu("6.4.1")], "vulnerable"],
      ["6.5.3", ["hfr-mini-px-6.5.3", smu("6.5.3", "hfr-px")], "vulnerable"],
      ["6.5.3", ["asr9k-mini-x64-6.5.3", smu("6.5.3", "asr9k-x64")], "vulnerable"],
      // A message on the terminal names the upgrade; it is not in the list.
      ["6.5.3", ["asr9k-mini-px-6.5.3", `x: %INSTALL-INSTMGR-6-INFO : deactivated ${smu("6.5.3")}`], "vulnerable"],
      // An upgrade for another release than the one that runs.
      ["6.5.3", ["asr9k-mini-px-6.5.3", smu("6.4.2")], "vulnerable"],
    ];
    const text = rows.map(
      ([release, packages], i) => xrCapture(`xr-${i}`, release) + activePackages(`xr-${i}`, packages),
    );
    const { of } = await assess(text.join(""));
    expect(of(IPSEC).map((line) => line.state)).toEqual(rows.map(([, , state]) => state));
    expect(of(IPSEC)[0]!.reason).toBe("The SMU for CSCvr75998 is installed and fixes 6.4.2 (asr9k-px).");
  });

  test("of CVE-2013-5553, one router for each row", async () => {
    const { of } = await assess(
      SIP_ROWS.map(([release, , , processes], i) =>
        iosCapture(`r${i}`, release, processes === undefined ? {} : { processes }),
      ).join("\n"),
    );
    expect(
      of(SIP).map(({ device, os, state, firstFixed, release }) => [device, os, release, state, firstFixed]),
    ).toEqual(SIP_ROWS.map(([release, state, firstFixed], i) => [`r${i}`, "ios", release, state, firstFixed]));
    expect(of(IPSEC).every((line) => line.state === "not-affected")).toBe(true);
  });

  test("of systems that look like an affected one", async () => {
    const { lines } = await assess(xeCapture("xe1", "03.09.01.S", "15.3(2)S1") + xeCapture("xe2", null, "15.1(4)M5"));
    expect(lines.map(({ device, os, state }) => [device, os, state])).toEqual([
      ["xe1", "ios-xe", "not-affected"],
      ["xe1", "ios-xe", "not-affected"],
      ["xe2", "ios-xe", "not-affected"],
      ["xe2", "ios-xe", "not-affected"],
    ]);
  });
});

describe("captures as terminals leave them", () => {
  test("CRLF, form feeds, pagers, colours and pasted noise change nothing", async () => {
    const clean = xrCapture("xr1", "6.5.3") + iosCapture("r1", "15.1(4)M5");
    const pager = " --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b";
    const noisy = `Dear colleague,\nhere is what you asked for: Cisco IOS XR is great.\n> show version\n\n${clean
      .replaceAll("Copyright", `${pager}Copyright`)
      .replaceAll("222 5460", "\x1b[K\x1b[7m--More--\x1b[m\r         \r222 5460")
      .replaceAll("System image", "\fSystem image")
      .replaceAll("\n", "\r\n")}\r\nregards, ops`;
    const [before, after] = [await assess(clean), await assess(noisy)];
    expect(after.lines).toEqual(before.lines);
    expect(before.lines.map(({ device, state }) => [device, state])).toEqual([
      ["xr1", "not-affected"],
      ["xr1", "vulnerable"],
      ["r1", "vulnerable"],
      ["r1", "not-affected"],
    ]);
  });

  test("only a table that would have shown a process says that it does not run", async () => {
    const heads = "JID    TID  Stack  pri  state        NAME             rt_pri\n1 1 0K 20 Sleeping init 0\n";
    const wide = "x".repeat(34);
    const rows: [what: string, after: string, state: ExposureState, host?: string][] = [
      ["the echo of a command", "#show processes | include ipsec_pp\nWed Mar  4 12:00:09.101 UTC\n", "vulnerable"],
      [
        "a refused command",
        "#show processes | include ipsec\n          ^\n% Invalid input detected at '^' marker.\n",
        "vulnerable",
      ],
      ["a filter for another", "#show processes | include bgp\n101 2 0K 20 Sleeping bgp 0\n", "vulnerable"],
      ["one node of many", "#show processes location 0/1/CPU0 | include ipsec\n", "vulnerable"],
      ["a filter that wraps at 80 columns", "#show processes | include ipsec_\npp\n", "vulnerable", wide],
      [
        "a pager that somebody quit",
        `#show processes\n${heads} --More-- \b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b`,
        "vulnerable",
      ],
      ["both filters", "#show processes | include ipsec_pp\nRP/0/RP0/CPU0:HOST#sh proc | i ipsec_mp\n", "not-affected"],
      ["a whole table", `#show processes\n${heads}`, "not-affected"],
      [
        "the processor's table",
        "#show processes cpu\nPID    1Min    5Min    15Min Process\n545022   0%      0%       0% ipsec_pp\n",
        "vulnerable",
      ],
      [
        "the memory's table",
        "#show processes memory | include ipsec\n261  220  334860  136  806 ipsec_pp\n",
        "vulnerable",
      ],
    ];
    const text = rows.map(([, after, , host], i) => {
      const name = host ?? `xr-${i}`;
      const prompt = `RP/0/RP0/CPU0:${name}`;
      return `${xrCapture(name, "6.5.3", { processes: null })}${prompt}${after.replace("HOST", name)}${prompt}#\n`;
    });
    const { of } = await assess(text.join(""));
    expect(of(IPSEC).map((line, i) => [rows[i]![0], line.state])).toEqual(rows.map(([what, , state]) => [what, state]));
  });

  test("a release in the log of the router is not what it runs", async () => {
    const log =
      "r1#show logging\n*Mar  1 00:00:09.123: %SYS-5-RESTART: System restarted --\nCisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M4, RELEASE SOFTWARE (fc1)\nr1#\n";
    const { of } = await assess(iosCapture("r1", "15.1(4)M7") + log);
    expect(of(SIP)).toMatchObject([{ release: "15.1(4)M7", state: "fixed" }]);
    expect((await assess(log)).of(SIP)).toMatchObject([{ device: "r1", release: null, state: "unknown" }]);
  });
});

describe("which router it is", () => {
  test("the prompt, in each of its modes", async () => {
    const text =
      xrCapture("xr1", "6.5.3", { processes: null }) +
      "RP/0/RP0/CPU0:xr1#admin\nsysadmin-vm:0_RP0# show version\nCisco IOS XR Admin Software, Version 6.5.3\nsysadmin-vm:0_RP0# exit\n" +
      "RP/0/RP0/CPU0:xr1(config)#do show processes | include ipsec\nRP/0/RP0/CPU0:xr1(config)#\n" +
      iosCapture("r1", "15.1(4)M5").replaceAll("r1>", "r1(config-if)#do ");
    const { lines, of } = await assess(text);
    expect([...new Set(lines.map((line) => line.device))]).toEqual(["xr1", "r1"]);
    expect(of(IPSEC)[0]!.state).toBe("not-affected");
    expect(of(SIP)[1]!.state).toBe("vulnerable");
  });

  test("what show version says where no prompt names it, else the file", async () => {
    const bare = (text: string) => text.replace(/^(?:RP.*|r1|Router)[#>].*\n/gm, "");
    const { lines } = await assess({
      "named.txt": bare(xrCapture("xr1", "6.5.3")),
      "system.log.txt": bare(xrCapture("System", "6.5.3")),
      "default.txt": iosCapture("Router", "15.1(4)M5"),
      "prompt-behind.txt": "Cisco IOS XR Software, Version 7.2.1\nRP/0/RP0/CPU0:xr9#\n",
    });
    expect(lines.filter((line) => line.advisory === IPSEC).map((line) => line.device)).toEqual([
      "xr1",
      "system.log",
      "default",
      "xr9",
    ]);
  });

  test("several outputs without prompts are several routers", async () => {
    const bare = (host: string, release: string) => xrCapture(host, release).replace(/^RP.*\n/gm, "");
    const { of } = await assess(bare("xr1", "6.5.3") + bare("xr2", "7.2.1"));
    expect(of(IPSEC).map(({ device, release }) => [device, release])).toEqual([
      ["xr1", "6.5.3"],
      ["xr2", "7.2.1"],
    ]);
    const short = (host: string, release: string) =>
      `Cisco IOS XR Software, Version ${release}[Default]\n${host} uptime is 2 weeks, 1 day\n`;
    const brief = await assess(short("xr1", "6.5.3") + short("xr2", "7.2.1"));
    expect(brief.of(IPSEC).map(({ device, release }) => [device, release])).toEqual([
      ["xr1", "6.5.3"],
      ["xr2", "7.2.1"],
    ]);
  });

  test("several files of one router are one router, in any case of its name", async () => {
    const { of } = await assess({
      "1.txt": xrCapture("XR1", "6.5.3", { processes: null }),
      "2.txt": "RP/0/RP0/CPU0:xr1#show processes | include ipsec\n",
    });
    expect(of(IPSEC)).toMatchObject([
      { device: "XR1", state: "not-affected", source: `${join(folder, "1.txt")}, ${join(folder, "2.txt")}` },
    ]);
  });

  test("the later of two releases counts, and the earlier is told", async () => {
    const [before, after] = [xrCapture("xr1", "6.5.3"), xrCapture("xr1", "6.6.3")];
    expect((await assess({ "b.txt": before, "a.txt": after })).of(IPSEC)).toMatchObject([
      { state: "fixed", release: "6.6.3", reason: "6.6.3 is a first fixed release. An earlier capture shows 6.5.3." },
    ]);
    expect((await assess(after + before)).of(IPSEC)).toMatchObject([{ state: "vulnerable", release: "6.5.3" }]);
    const japanese = await assess(before + after, ["--lang", "ja"]);
    expect(japanese.of(IPSEC)[0]!.reason).toBe(
      "6.6.3 は最初の修正済みリリースです。以前のキャプチャでは 6.5.3 でした。",
    );
  });

  test("show tech-support is read by its headings", async () => {
    const tech = (command: string, body: string) => `\n------------------ ${command} ------------------\n\n${body}`;
    const version =
      "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)\n\nedge3 uptime is 1 day\n";
    const table =
      " PID QTy       PC Runtime (ms)    Invoked   uSecs    Stacks TTY Process\n   1 Cwe 40F48254          4          1    4000 5212/6000  0 Chunk Manager\n";
    const { of } = await assess(
      tech("show version", version) + tech("show running-config", "version 15.2\n") + tech("show process", table),
    );
    expect(of(SIP)).toMatchObject([{ device: "edge3", release: "15.1(4)M5", state: "not-affected" }]);
  });
});

describe("the command", () => {
  test("prints exactly the keys of its contract", async () => {
    const { lines } = await assess(xrCapture("xr1", "6.5.3"));
    expect(lines.map((line) => Object.keys(line))).toEqual(
      Array(2).fill(["device", "advisory", "state", "os", "release", "reason", "firstFixed", "source"]),
    );
    expect(lines[1]).toEqual({
      device: "xr1",
      advisory: IPSEC,
      state: "vulnerable",
      os: "ios-xr",
      release: "6.5.3",
      reason: "6.5.3 is earlier than 6.6.3, the first fixed release for its train; ipsec_mp and ipsec_pp are running.",
      firstFixed: "6.6.3",
      source: "-",
    });
  });

  test("prints cards for people, without what a terminal would obey", async () => {
    writeFileSync(join(folder, "x.txt"), xrCapture("xr1", "6.5.3"));
    const { stdout, stderr } = await telltale(["assess", "x.txt", "--format", "text", "--rules", rules], {
      cwd: folder,
    });
    expect(stdout).toContain("xr1  ios-xr 6.5.3  x.txt\n");
    expect(stdout).toContain(`  vulnerable    ${IPSEC}, first fixed 6.6.3\n`);
    expect(stderr).toBe("1 device: vulnerable 1\n");
    const name = join(folder, "\x1b]0;evil\x07.txt");
    writeFileSync(name, "nothing");
    const hostile = await telltale(["assess", name, "--format", "text"]);
    expect(hostile.stdout + hostile.stderr).not.toMatch(/[\x1b\x07]/);
  });

  test("reads compressed files", async () => {
    const { of } = await assess({ "xr1.txt.gz": gzipSync(xrCapture("xr1", "6.5.3")) });
    expect(of(IPSEC)).toMatchObject([{ device: "xr1", state: "vulnerable" }]);
  });

  test("judges what came before the break of a compressed file, and says so", async () => {
    const whole = gzipSync(xrCapture("xr1", "6.5.3") + "x\n".repeat(100));
    const { of, code, stderr } = await assess({ "cut.txt.gz": whole.subarray(0, whole.length - 12) });
    expect(of(IPSEC)).toMatchObject([{ device: "xr1", state: "vulnerable" }]);
    expect(code).toBe(65);
    expect(stderr).toContain("broken compressed data");
  });

  test("says which file holds no capture", async () => {
    const { lines, code, stderr } = await assess({
      "notes.txt": "meeting at nine\n",
      "xr1.txt": xrCapture("xr1", "6.5.3"),
    });
    expect(code).toBe(0);
    expect(lines.filter((line) => line.device === "notes")).toMatchObject([
      {
        state: "unknown",
        os: "unknown",
        release: null,
        reason: "No output of show version or show processes could be read.",
      },
      { state: "unknown" },
    ]);
    expect(stderr).toMatch(/notes\.txt: no output of show version or show processes was found; capture both/);
    expect((await assess("")).of(IPSEC)).toMatchObject([{ device: "stdin", state: "unknown" }]);
    expect((await assess("X#\nnotes>\nY>")).of(IPSEC)).toMatchObject([{ device: "stdin", state: "unknown" }]);
  });

  test("keeps a router that was asked and told nothing, beside one that did", async () => {
    const refused = "r2#show version\n% Authorization failed.\nr2#\nr3#show clock\nr3#\n";
    const { of, stderr } = await assess(iosCapture("r1", "15.1(4)M7") + refused);
    expect(of(SIP)).toMatchObject([
      { device: "r1", state: "fixed" },
      { device: "r2", state: "unknown", reason: "No output of show version or show processes could be read." },
    ]);
    expect(stderr).toContain("2 devices: unknown 1, fixed 1");
  });

  test("exits 66 for a file that is not there, and prints nothing", async () => {
    const { code, stdout, stderr } = await telltale(["assess", join(folder, "none.txt")]);
    expect([code, stdout]).toEqual([66, ""]);
    expect(stderr).toContain("there is no such file");
  });

  test("--fail-on-vulnerable exits 1 for a vulnerable device alone", async () => {
    expect((await assess(xrCapture("xr1", "6.5.3"), ["--fail-on-vulnerable"])).code).toBe(1);
    expect((await assess(xrCapture("xr1", "7.2.1"), ["--fail-on-vulnerable"])).code).toBe(0);
    expect((await assess(xrCapture("xr1", "6.7.1"), ["--fail-on-vulnerable"])).code).toBe(0);
  });
});

describe("assess --db", () => {
  const db = join(folder, "assess.db");
  const list = async (state: string) => {
    const { stdout } = await telltale(["devices", "list", "--db", db, "--exposure", state, "--json"]);
    return stdout
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { name: string }).name);
  };

  test("lists find a device that no log has named, by its exposure", async () => {
    await assess(xrCapture("xr1", "6.5.3", { processes: null }) + xrCapture("xr2", "7.2.1"), ["--db", db]);
    expect(await list("vulnerable")).toEqual(["xr1"]);
    expect(await list("fixed")).toEqual(["xr2"]);
    const { stdout } = await telltale(["devices", "show", "xr1", "--db", db, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ firstSeen: null, lastSeen: null, messages: 0 });
  });

  test("a later capture adds to what is known", async () => {
    const { of } = await assess("RP/0/RP0/CPU0:xr1#show processes | include ipsec\n", ["--db", db]);
    expect(of(IPSEC)).toMatchObject([{ device: "xr1", release: "6.5.3", state: "not-affected" }]);
    expect(await list("vulnerable")).toEqual([]);
    await assess("RP/0/RP0/CPU0:xr1#show processes | include ipsec_pp\n312 5461 0K 20 Sleeping ipsec_pp 0\n", [
      "--db",
      db,
    ]);
    expect(await list("vulnerable")).toEqual(["xr1"]);
  });

  test("an upgrade belongs to the release for which it was installed", async () => {
    const px = (release: string, smu: string) =>
      activePackages("xr3", [`asr9k-mini-px-${release}`, `asr9k-px-${release}.${smu}-1.0.0`]);
    await assess(xrCapture("xr3", "6.4.2") + px("6.4.2", "CSCvr75998"), ["--db", db]);
    expect(await list("fixed")).toEqual(["xr2", "xr3"]);
    await assess(xrCapture("xr3", "6.5.3"), ["--db", db]);
    expect(await list("vulnerable")).toEqual(["xr1", "xr3"]);
  });

  test("an alert of the device is judged by it, and its log takes the exposure from no list", async () => {
    await assess(xrCapture("edge1.fra", "6.6.3"), ["--db", db]);
    const { stdout } = await telltale(["replay", "samples/ipsec-flood-recovered.log", "--db", db, "--json"]);
    const alert = JSON.parse(stdout) as { level: string; exposure: unknown; caveats: string[] };
    expect(alert).toMatchObject({ level: "high", exposure: { state: "fixed", release: "6.6.3" } });
    expect(alert.caveats[0]).toContain("not explained by this advisory; open a TAC case");
    expect(await list("fixed")).toContain("edge1.fra");
  });

  test("a file without captures leaves no device behind", async () => {
    await assess("nothing here\n", ["--db", db]);
    expect(await list("unknown")).not.toContain("stdin");
  });
});
