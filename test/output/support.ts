/** Alerts for the tests of what a human reads. */
import fc from "fast-check";
import type { Alert, RunbookItem } from "../../src/model.ts";
import { anyAlert } from "../support/any-alert.ts";
import { ATTACKS } from "./attacks.ts";

/** 2026-03-04T12:00:00Z. */
export const START = Date.UTC(2026, 2, 4, 12);

/** Text as UTF-8 bytes. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

/** One step of a runbook with some fields changed. */
export function item(parts: Partial<RunbookItem> = {}): RunbookItem {
  return {
    id: "restart-ipsec_mp",
    run: "process restart ipsec_mp",
    do: null,
    why: {
      en: "The memory does not come back by itself. IPsec sessions on RP/0/RSP0/CPU0 drop and have to be set up again.",
      ja: "メモリは自動では解放されません。RP/0/RSP0/CPU0 の IPsec セッションは切断され、再確立が必要になります。",
    },
    expect: { en: 'A line "Process ipsec_mp is ready".', ja: "「Process ipsec_mp is ready」がログに出ます。" },
    source: "advisory",
    done: null,
    ...parts,
  };
}

/** A flood that nobody has looked at yet, with some fields changed. */
export function alert(parts: Partial<Alert> = {}): Alert {
  return {
    id: "k3vq7mzr2ahd5wpx4cnt6ybe2f",
    rule: "packet-memory-exhausted",
    advisory: "cisco-sa-iosxr-ipsec-dos-q8UPX6m",
    title: {
      en: "IPsec packet memory exhausted on RP/0/RSP0/CPU0",
      ja: "RP/0/RSP0/CPU0 の IPsec パケットメモリが枯渇しています",
    },
    level: "critical",
    confidence: "high",
    verdict: "ipsec-pp-exhausts-pak-fsv",
    device: "edge1.example.net",
    node: "RP/0/RSP0/CPU0",
    address: "192.0.2.7",
    status: "open",
    count: 2,
    firstSeen: START,
    lastSeen: START + 300_000,
    exposure: {
      state: "vulnerable",
      release: "6.4.2",
      reason: {
        en: "6.4.2 is earlier than 6.4.3, the first fixed release for its train; the process was not checked.",
        ja: "6.4.2 は、このトレインに対する最初の修正済みリリース 6.4.3 より前です。プロセスの動作は確認していません。",
      },
    },
    details: { level: 100, resource: "pak fsv", process: "ipsec_pp", pid: 540912, share: 0.9984, missing: null },
    caveats: [
      { en: "1 message missing inside this block.", ja: "このブロック内で 1 件のメッセージが欠落しています。" },
    ],
    evidence: [
      {
        at: START,
        raw: bytes(
          "<186>41: edge1 RP/0/RSP0/CPU0:pakwatch[120]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV",
        ),
      },
      { at: START + 1_000, raw: bytes("<190>42: first line\nDevice  joined line \x1b[2J\\") },
    ],
    runbook: {
      recover: [
        item({
          id: "check-packet-memory",
          run: "show packet-memory",
          why: { en: "Anyone can forge a syslog message over UDP.", ja: "UDP の syslog は誰でも偽造できます。" },
          expect: null,
          source: "telltale",
          done: { at: START + 60_000, by: "noc", line: null },
        }),
        item(),
      ],
      mitigate: [
        item({
          id: "prepare-acl",
          run: null,
          do: {
            en: "Choose the ports on which untrusted ICMP arrives, and fit the next step to your network.",
            ja: "信頼できない ICMP が届くインターフェイスを選び、次の手順を自身のネットワークに合わせて変更してください。",
          },
          why: { en: "The attack needs ICMP errors.", ja: "攻撃には ICMP エラーが必要です。" },
          expect: null,
          source: "telltale",
        }),
        item({
          id: "apply-acl",
          run: "configure\nipv4 access-list DENY-ICMP\n10 deny icmp any host 192.0.2.1 unreachable\ncommit",
          why: { en: "The advisory asks for such a list." },
          expect: null,
          source: "telltale",
        }),
      ],
      verify: [],
      fix: [
        item({
          id: "upgrade",
          run: null,
          do: { en: "Upgrade to 6.4.3 or later.", ja: "6.4.3 以降にアップグレードしてください。" },
          why: { en: "Only the fix ends the exposure.", ja: "根本的な対策は修正の適用のみです。" },
          expect: null,
        }),
      ],
    },
    lead: "recover",
    falsepositives: [
      { en: "A burst of traffic holds the packet memory.", ja: "トラフィックのバーストがメモリを占有している場合。" },
    ],
    references: ["https://www.cve.org/CVERecord?id=CVE-2020-3190"],
    related: [],
    sourceAuth: "none",
    acknowledged: null,
    disposition: null,
    notes: [],
    ...parts,
  };
}

/** The same flood after a restart that did not last. */
export function recurring(): Alert {
  const plain = alert();
  return alert({
    status: "recurring",
    lead: "mitigate",
    count: 3,
    acknowledged: { at: START + 30_000, by: "noc" },
    notes: [{ at: START + 40_000, by: "noc", text: "called the site" }],
    runbook: { ...plain.runbook, recover: plain.runbook.recover.map((one) => ({ ...one, done: null })) },
  });
}

/** Attacks, alone and in other text, and arbitrary UTF-16. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.array(fc.constantFrom(...ATTACKS, "edge1", " ", "日本", "é"), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
);

const millis = fc.oneof(
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  fc.constantFrom(Number.NaN, 8.7e15, -8.7e15, Number.POSITIVE_INFINITY),
);

/** An alert whose every text is an attack. */
export const hostileAlert: fc.Arbitrary<Alert> = anyAlert({
  id: hostileText,
  string: hostileText,
  millis,
  number: fc.double(),
  evidence: fc.array(
    fc.record({ at: millis, raw: fc.oneof(hostileText.map(bytes), fc.uint8Array({ maxLength: 60 })) }),
    { maxLength: 4 },
  ),
});
