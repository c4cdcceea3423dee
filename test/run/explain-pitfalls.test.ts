/** Each thing that has fooled log detectors of these advisories, explained: the sentences that a reader needs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { explainText } from "../../src/output/explain-text.ts";
import { placeInput } from "../../src/run/explain/capture-input.ts";
import { explain } from "../../src/run/explain/explain.ts";
import { givenLines, type Input } from "../../src/run/explain/input.ts";
import { boot, cpuHog, linkUp, mallocFail, packetMemory, reload } from "../support/lines.ts";
import { NOON, RULES } from "../support/stage.ts";

const folder = mkdtempSync(join(tmpdir(), "telltale-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DEPLETION = "%PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV";
const given = (lines: string[], from: string | null = null) => givenLines(lines, { from, year: 2020, now: NOON });
const inFile = (name: string, text: string | Uint8Array, from: number, to = from) => {
  writeFileSync(join(folder, name), text);
  return placeInput({ path: join(folder, name), from, to }, 2020, NOON);
};

/** Line breaks and columns are the layout's. */
async function said(input: Input): Promise<string> {
  const explanation = await explain({ input, rules: RULES, say: (text) => text.en });
  const text = explainText(explanation, { color: false, width: Number.POSITIVE_INFINITY });
  if (process.env.SHOW !== undefined) process.stdout.write(`\n##### ${expect.getState().currentTestName}\n${text}`);
  return text.replace(/\s+/g, " ");
}

interface Case {
  pitfall: string;
  input: () => Input | Promise<Input>;
  says: string[];
  never?: string[];
}

const CASES: Case[] = [
  {
    pitfall: "1a. the words of a depletion line inside the text of a trusted message",
    input: () =>
      given([`<188>30: r9: Mar  4 12:00:00.000: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ${DEPLETION}]`]),
    says: [
      "No alert.",
      "these words stand inside the text, behind `Login failed [user: %PKT_INFRA",
      "what stands inside a message can be anybody's words",
      "text of this message and no message of its own",
    ],
  },
  {
    pitfall: "1b. a tag behind free text",
    input: () => given([`<188>31: r9: Mar  4 12:00:00.000: login by ${DEPLETION}`]),
    says: [
      "No alert.",
      "that is not its tag: the header ends before `login by `, which is no part of a Cisco header",
      "near miss: packet-memory-exhausted, signal depletion (not looked at, since the tag is not trusted)",
      "Missing for an alert - For packet-memory-exhausted: the same words in a message of their own",
    ],
  },
  {
    pitfall: "2. ipsec_pp holds a tiny share",
    input: () =>
      given(
        packetMemory({
          rows: [
            ["pkg/bin/netio", 1, 9000],
            ["pkg/bin/ipsec_pp", 2, 16],
          ],
        }),
      ),
    says: [
      "Informational alert",
      "yes other-cause (informational, high confidence): the top user is netio",
      "the top user is netio; the rule asks for ipsec_pp",
      "Another process (netio) holds the memory",
    ],
  },
  {
    pitfall: "3. level 97",
    input: () => given(packetMemory({ level: 97 })),
    says: [
      "Critical alert",
      "the level is 97 (asked for: less than 70)",
      "the level is 97, the resource is PAK FSV, the top user is ipsec_pp, its share is 99.84 %, the table is complete",
    ],
  },
  {
    pitfall: "4. the depletion line alone",
    input: () => given(packetMemory({ rows: [], only: null, limit: null, columns: false })),
    says: [
      "Medium alert",
      "the process is not reported",
      "the rows of the table (%PKT_INFRA-PAKWATCH-6-INFO_BODY), which name who holds what: the router sends messages of severity 6 only with `logging trap informational`, so send at level informational",
      "the lines behind it are waited for, 5s at most",
    ],
  },
  {
    pitfall: "4b. the rows alone lost on the way",
    input: () => given(packetMemory().filter((line) => !line.includes("INFO_BODY"))),
    says: [
      "Medium alert",
      "which name who holds what; they were lost on the way (2 messages are missing by the counters)",
      "No row of the process table arrived; messages of this block were lost on the way.",
    ],
    never: ["logging trap"],
  },
  {
    pitfall: "5. two nodes at once",
    input: () => {
      const one = packetMemory({ counter: null });
      const two = packetMemory({ counter: null, node: "LC/0/1/CPU0", level: 99 });
      return given(one.flatMap((line, i) => [line, two[i]!]));
    },
    says: [
      "Critical alert of packet-memory-exhausted on xr1 RP/0/RSP0/CPU0",
      "Critical alert of packet-memory-exhausted on xr1 LC/0/1/CPU0",
      "Blocks are kept apart by router and node",
    ],
  },
  {
    pitfall: "6. rows before the depletion line",
    input: () => {
      const [first, ...rest] = packetMemory();
      return given([...rest.slice(2, 4), first!]);
    },
    says: [
      "Critical alert",
      "it counts even when it comes before the block's first line",
      "the first line of the block came",
    ],
  },
  {
    pitfall: "7. duplicate datagrams",
    input: () => given([packetMemory()[3]!, packetMemory()[3]!]),
    says: [
      "Line 2: duplicate of line 1",
      "It is a copy of line 1: same counter, clock and text within seconds",
      "judged no second time",
      "rows = 1",
    ],
  },
  {
    pitfall: "8. blanks and tabs in columns",
    input: () =>
      given([
        packetMemory()[3]!
          .replace(/(?<=_pp) +/, "\t \t")
          .concat("   "),
      ]),
    says: ["Text pkg/bin/ipsec_pp\\t \\t540912 9984", `took user = "pkg/bin/ipsec_pp", pid = "540912", count = "9984"`],
  },
  {
    pitfall: "9. no space before the colon of an IOS XR tag",
    input: () => given([packetMemory()[0]!.replace(" : Depletion", ": Depletion")]),
    says: [
      "Tag %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC (severity 2, critical)",
      "System ios-xr (a node stands before the clock or the process, as only IOS XR prints it)",
      `took level = "100", resource = "PAK FSV"`,
    ],
  },
  {
    pitfall: "10. names that only look like ipsec_pp",
    input: () =>
      given(
        packetMemory({
          rows: [
            ["pkg/bin/ipsec_ppx", 1, 9000],
            ["pkg/bin/ipsec_mp", 2, 16],
          ],
        }),
      ),
    says: ["Informational alert", "the top user is ipsec_ppx; the rule asks for ipsec_pp"],
  },
  {
    pitfall: "11. a memory failure with another router's lines in between",
    input: () => given(mallocFail(1231).flatMap((line, i) => [line, linkUp(500 + i, "r2")])),
    says: [
      "Medium alert of sip-process-anomaly on r1",
      "%SYS-2-MALLOCFAIL is followed by more lines; 4 came and were joined (memory pools, -Process=, -Traceback=)",
      "Line 7: joined to line 1",
      `took process = "CCSIP_SPI_CONTROL"`,
      "1 more sip within 10m (1 of 2 so far)",
      "sip, then restart within 30m (1 of 2 so far)",
    ],
  },
  {
    pitfall: "12. the line that names the process is lost",
    input: () => given(mallocFail(1231, "r1", null)),
    says: [
      "No alert",
      "The line that begins with -Process= is missing. It alone says which process was refused memory",
      "2 more memory within 30m (1 of 3 so far); 1 more voice within 30m",
      "does not match: sip-process-anomaly, signal sip (by the tag SYS-2-MALLOCFAIL)",
    ],
  },
  {
    pitfall: "13a. SIP is a line card",
    input: () =>
      given([
        "<190>51: asr1: Nov  6 16:00:00.000: %FMANFP-6-IPACCESSLOGP:  SIP0: fman_fp_image:  list ACL denied udp 192.0.2.1(52361) -> 198.51.100.2(5060), 1 packet",
      ]),
    says: [
      "No alert.",
      "System ios-xe",
      "SIP is a SPA Interface Processor here, a line card, and not the telephony protocol",
    ],
  },
  {
    pitfall: "13b. SIP is another process",
    input: () => given([cpuHog(1, "r1", "PPP SIP")]),
    says: [
      "No alert. `PPP SIP` has nothing to do with the telephony protocol, whose processes are named CCSIP_….",
      "fits as far as `process = `; there the text goes on with `PPP SIP.`, where the rule wants (?P<process>(?i:CCSIP)",
    ],
  },
  {
    pitfall: "14a. a restart after a reload",
    input: () =>
      inFile(
        "reload.log",
        [reload(900), boot("15.1(4)M5")[0]!.replace("*Jan  2 00:01:01", "Nov  6 15:57:01")].join("\n"),
        2,
      ),
    says: [
      "No alert.",
      "sip-process-anomaly and unexplained-restart know this message, but it does not count",
      "For sip-process-anomaly: the same message without the one that excuses it, and the other messages that its verdicts ask for.",
      "For unexplained-restart: the same message without the one that excuses it.",
      "matches, but is excused: unexplained-restart, signal restart",
      "It does not count: a message that matches `reload` (line 1) came from the same router within 15m before it",
    ],
  },
  {
    pitfall: "14b. a restart that nobody asked for",
    input: () => given([boot("15.1(4)M5")[0]!]),
    says: [
      "Informational alert of unexplained-restart",
      "a crash and a loss of power look the same in the log",
      "1 more restart within 1h (1 of 2 so far); the exposure is unknown; the rule asks for vulnerable",
    ],
  },
  {
    pitfall: "15. the release is learnt from the banner",
    input: () => given(boot("15.1(4)M5")),
    says: [
      "r1: IOS, release 15.1(4)M5",
      "cisco-sa-20131106-sip: vulnerable. 15.1(4)M5 is earlier than 15.1(4)M7",
      "Line 2: joined to line 1",
      "release = 15.1(4)M5",
    ],
  },
  {
    pitfall: "16a. a clock that was never set, in a capture",
    input: () => given([cpuHog(1).replace("Nov  6 16:01", "Mar  1 00:00")]),
    says: [
      "Clock *Mar 1 00:00:00.001 (the `*` says that this clock was never set",
      "Time 2020-03-01T00:00:00.001Z (the router's clock: a replay goes by it; a listener would take the time of arrival)",
    ],
  },
  {
    pitfall: "16b. a clock that was never set, from the wire",
    input: () => given([cpuHog(1).replace("Nov  6 16:01", "Mar  1 00:00")], "192.0.2.7"),
    says: [
      "the `*` says that this clock was never set",
      "Time 2020-03-04T12:00:00.000Z (when it arrived: a listener goes by this and not by the router's clock)",
    ],
  },
  {
    pitfall: "17. a terminal's capture",
    input: () => {
      const lines = packetMemory({ host: "", counter: null }).map((line) => line.replace(/^<\d+>/, ""));
      const capture = [
        "pt_by x on vty0",
        "RP/0/RSP0/CPU0:xr1#show logging",
        lines[0]!,
        ` --More-- ${lines[3]}`,
        "RP/0/RSP0/CPU0:xr1#",
      ];
      return inFile("session.txt", capture.map((line) => `${line}\r\n`).join(""), 1, 5);
    },
    says: [
      "Line 1: unparsed",
      "Not understood: it has neither a header nor a tag",
      "This is a prompt of xr1 with a command (`show logging`), not a message",
      "Device xr1 (the prompt of the captured terminal session names it)",
      "Line 4: parsed",
      "This is the prompt of a terminal session on xr1, not a message",
    ],
  },
  {
    pitfall: "18. a TCP stream without separators",
    input: () =>
      given([
        `<189>32: r1: *Apr 29 13:58:40.411: %SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 192.0.2.9 started - CLI initiated${cpuHog(33)}`,
      ]),
    says: [
      "No alert.",
      "`<187>33: r1: *Nov 6 16:01:00.` in the text looks like the beginning of another message",
      "IOS puts nothing between messages on TCP unless `logging delimiter tcp` is set, so a TCP listener cuts there",
      "put each on a line of its own",
      "that is text of this message and no message of its own",
    ],
  },
  {
    pitfall: "19. an octet count that is wrong",
    input: () => given([`35 ${cpuHog(33)}`]),
    says: ["No alert.", "It says 35, but 139 bytes follow", "the rest of this one is read as another line"],
  },
  {
    pitfall: "20. NUL, BOM and bytes that are no UTF-8",
    input: () => inFile("bytes.log", Buffer.concat([Buffer.from(`\uFEFF${cpuHog(33)} caf`), Buffer.from([0xe9])]), 1),
    says: ["Medium alert", "Some bytes are not UTF-8; they are read as U+FFFD"],
  },
  {
    pitfall: "21. a flood",
    input: () => given(Array.from({ length: 3 }, (_, i) => packetMemory({ counter: 5000 + i * 10 })).flat()),
    says: [
      "(ipsec-pp-exhausts-pak-fsv). It is counted in the alert that is open already: 3 reports so far.",
      "It opens an alert",
      "is counted in the alert that is open already: 2 reports so far",
      "is counted in the alert that is open already: 3 reports so far",
    ],
  },
  {
    pitfall: "22. a command echo",
    input: () => given(["RP/0/RP0/CPU0:xr1#show processes | include ipsec_pp"]),
    says: [
      "No alert.",
      "This is a prompt of xr1 with a command (`show processes | include ipsec_pp`), not a message",
      "somebody typed these words, the router did not log them",
      "no line below an `| include` means that there is none",
    ],
  },
  {
    pitfall: "23a. M10 is later than M7",
    input: () => given(boot("15.1(4)M10")),
    says: ["cisco-sa-20131106-sip: fixed. 15.1(4)M10 is later than 15.1(4)M7, which has the fix"],
  },
  {
    pitfall: "23b. 7.10.2 is later than 7.1.1",
    input: () => given(["Cisco IOS XR Software, Version 7.10.2[Default]"]),
    says: [
      "not a message: it names IOS XR 7.10.2",
      "for cisco-sa-iosxr-ipsec-dos-q8UPX6m: fixed. 7.10.2 is later than 7.1.1, which has the fix",
    ],
  },
  {
    pitfall: "23c. MR is not M",
    input: () =>
      given(["Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(3)MR, RELEASE SOFTWARE (fc1)"]),
    says: ["it names IOS 15.1(3)MR", "not-affected. 15.1(3)MR is not affected: no release of 15.1MR is"],
  },
  {
    pitfall: "24. IOS XE with an IOS inside that would be affected",
    input: () =>
      given([
        "Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)",
      ]),
    says: [
      "it names IOS XE 15.1(4)M5",
      "IOS XE names the IOS inside it too",
      "for cisco-sa-20131106-sip: not-affected. The device runs Cisco IOS XE; the advisory affects Cisco IOS only",
    ],
  },
  {
    pitfall: "25. the boot loader's release",
    input: () => given(["ROM: System Bootstrap, Version 15.1(4)M4, RELEASE SOFTWARE (fc1)"]),
    says: ["The release in a bootstrap line is not the router's release, so nothing is learnt from it"],
  },
];

test.each(CASES)("$pitfall", async ({ input, says, never = [] }) => {
  const text = await said(await input());
  for (const sentence of says) expect(text).toContain(sentence);
  for (const sentence of never) expect(text).not.toContain(sentence);
});
