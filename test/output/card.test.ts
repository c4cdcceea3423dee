/** The card as an operator reads it, whole and short, in both languages. */
import { describe, expect, it } from "vitest";
import { alertBrief, alertCard } from "../../src/output/card.ts";
import type { CardOptions } from "../../src/output/presentation.ts";
import { displayWidth } from "../../src/output/width.ts";
import { alert, item, recurring, START } from "./support.ts";

const EN: CardOptions = { color: false, width: 80, lang: "en" };
const JA: CardOptions = { ...EN, lang: "ja", utcOffsetMinutes: 540 };

describe("the card", () => {
  it("says what happened, how sure it is, and what to type", () => {
    expect(`\n${alertCard(alert(), EN)}`).toMatchInlineSnapshot(`
      "
      CRITICAL  IPsec packet memory exhausted on RP/0/RSP0/CPU0

        Device    edge1.example.net
        Node      RP/0/RSP0/CPU0
        Address   192.0.2.7
        Source    not authenticated: anyone can forge such a message, check on the
                  router first
        Status    open, 2 reports
        Seen      2026-03-04T12:00:00Z to 2026-03-04T12:05:00Z
        Verdict   ipsec-pp-exhausts-pak-fsv, high confidence
        Exposure  vulnerable: 6.4.2 is earlier than 6.4.3, the first fixed release for
                  its train; the process was not checked.
        Details   level 100, resource pak fsv, process ipsec_pp, pid 540912,
                  share 99.84 %

      Caveats
        - 1 message missing inside this block.

      Evidence
        2026-03-04T12:00:00Z | <186>41: edge1 RP/0/RSP0/CPU0:pakwatch[120]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV
        2026-03-04T12:00:01Z | <190>42: first line
                             | Device  joined line \\x1b[2J\\\\

      Recover
        1. [x] check-packet-memory  2026-03-04T12:01:00Z noc  (by Telltale)
                 show packet-memory
               Why: Anyone can forge a syslog message over UDP.
        2. [ ] restart-ipsec_mp  (from the advisory)
                 process restart ipsec_mp
               Why: The memory does not come back by itself. IPsec sessions on
                    RP/0/RSP0/CPU0 drop and have to be set up again.
               Expect: A line "Process ipsec_mp is ready".

      Mitigate
        3. [ ] prepare-acl  (by Telltale)
               Choose the ports on which untrusted ICMP arrives, and fit the next step
               to your network.
               Why: The attack needs ICMP errors.
        4. [ ] apply-acl  (by Telltale)
                 configure
                 ipv4 access-list DENY-ICMP
                 10 deny icmp any host 192.0.2.1 unreachable
                 commit
               Why: The advisory asks for such a list.

      Fix
        5. [ ] upgrade  (from the advisory)
               Upgrade to 6.4.3 or later.
               Why: Only the fix ends the exposure.

      What else could cause it
        - A burst of traffic holds the packet memory.

      References
        https://www.cve.org/CVERecord?id=CVE-2020-3190

      Next commands
        telltale alerts ack k3vq7mzr2ahd5wpx4cnt6ybe2f
        telltale alerts done k3vq7mzr2ahd5wpx4cnt6ybe2f restart-ipsec_mp
        telltale alerts close k3vq7mzr2ahd5wpx4cnt6ybe2f
      "
    `);
  });

  it("is in Japanese where the rule has Japanese texts, else in English", () => {
    expect(`\n${alertCard(alert(), JA)}`).toMatchInlineSnapshot(`
      "
      重大  RP/0/RSP0/CPU0 の IPsec パケットメモリが枯渇しています

        装置      edge1.example.net
        ノード    RP/0/RSP0/CPU0
        アドレス  192.0.2.7
        送信元    認証なし: このようなメッセージは誰でも偽造できます。まずルータ上で確
                  認してください
        状態      オープン、報告 2 件
        検出時刻  2026-03-04T21:00:00+09:00 ～ 2026-03-04T21:05:00+09:00
        判定      ipsec-pp-exhausts-pak-fsv、確度 高
        影響      影響あり: 6.4.2 は、このトレインに対する最初の修正済みリリース 6.4.3
                  より前です。プロセスの動作は確認していません。
        詳細      level 100、resource pak fsv、process ipsec_pp、pid 540912、
                  share 99.84 %

      注意点
        - このブロック内で 1 件のメッセージが欠落しています。

      根拠のログ
        2026-03-04T21:00:00+09:00 | <186>41: edge1 RP/0/RSP0/CPU0:pakwatch[120]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 100 percent for resource PAK FSV
        2026-03-04T21:00:01+09:00 | <190>42: first line
                                  | Device  joined line \\x1b[2J\\\\

      復旧
        1. [x] check-packet-memory  2026-03-04T21:01:00+09:00 noc  (Telltale より)
                 show packet-memory
               理由: UDP の syslog は誰でも偽造できます。
        2. [ ] restart-ipsec_mp  (アドバイザリより)
                 process restart ipsec_mp
               理由: メモリは自動では解放されません。RP/0/RSP0/CPU0 の IPsec セッショ
                     ンは切断され、再確立が必要になります。
               期待される結果: 「Process ipsec_mp is ready」がログに出ます。

      緩和
        3. [ ] prepare-acl  (Telltale より)
               信頼できない ICMP が届くインターフェイスを選び、次の手順を自身のネット
               ワークに合わせて変更してください。
               理由: 攻撃には ICMP エラーが必要です。
        4. [ ] apply-acl  (Telltale より)
                 configure
                 ipv4 access-list DENY-ICMP
                 10 deny icmp any host 192.0.2.1 unreachable
                 commit
               理由: The advisory asks for such a list.

      恒久対策
        5. [ ] upgrade  (アドバイザリより)
               6.4.3 以降にアップグレードしてください。
               理由: 根本的な対策は修正の適用のみです。

      他に考えられる原因
        - トラフィックのバーストがメモリを占有している場合。

      参考資料
        https://www.cve.org/CVERecord?id=CVE-2020-3190

      次のコマンド
        telltale alerts ack k3vq7mzr2ahd5wpx4cnt6ybe2f
        telltale alerts done k3vq7mzr2ahd5wpx4cnt6ybe2f restart-ipsec_mp
        telltale alerts close k3vq7mzr2ahd5wpx4cnt6ybe2f
      "
    `);
  });

  it("begins with mitigation, and says why, when the trouble came back after recovery", () => {
    const card = alertCard(recurring(), EN);
    expect(card.slice(card.indexOf("\nMitigate"), card.indexOf("\n\nWhat else"))).toMatchInlineSnapshot(`
      "
      Mitigate
        Mitigate first: it came back after recovery.
        1. [ ] prepare-acl  (by Telltale)
               Choose the ports on which untrusted ICMP arrives, and fit the next step
               to your network.
               Why: The attack needs ICMP errors.
        2. [ ] apply-acl  (by Telltale)
                 configure
                 ipv4 access-list DENY-ICMP
                 10 deny icmp any host 192.0.2.1 unreachable
                 commit
               Why: The advisory asks for such a list.

      Recover
        3. [ ] check-packet-memory  (by Telltale)
                 show packet-memory
               Why: Anyone can forge a syslog message over UDP.
        4. [ ] restart-ipsec_mp  (from the advisory)
                 process restart ipsec_mp
               Why: The memory does not come back by itself. IPsec sessions on
                    RP/0/RSP0/CPU0 drop and have to be set up again.
               Expect: A line "Process ipsec_mp is ready".

      Fix
        5. [ ] upgrade  (from the advisory)
               Upgrade to 6.4.3 or later.
               Why: Only the fix ends the exposure."
    `);
  });

  it("prints each command on a line of its own, blanks and nothing else before it", () => {
    const lines = alertCard(alert(), EN).split("\n");
    const commands = Object.values(alert().runbook)
      .flat()
      .flatMap((one) => (one.run === null ? [] : one.run.split("\n")));
    expect(commands).toHaveLength(6);
    for (const command of commands) expect(lines.filter((line) => line.trim() === command)).toHaveLength(1);
  });

  it("keeps a command whole and unescaped in a narrow terminal", () => {
    const run = "show logging | include \\.example\\.net.*ipsec_pp.*requested a restart of process";
    const card = alertCard(alert({ runbook: { recover: [item({ run })], mitigate: [], verify: [], fix: [] } }), {
      ...EN,
      width: 40,
    });
    expect(card.split("\n")).toContain(`           ${run}`);
  });

  it("wraps prose to the width of the terminal, and not at all without one", () => {
    const plain = alert({ evidence: [], references: [] });
    for (const lang of ["en", "ja"] as const) {
      const lines = alertCard(plain, { ...EN, lang, width: 72 }).split("\n");
      expect(lines.filter((line) => displayWidth(line) > 72)).toEqual([]);
    }
    const lines = alertCard(plain, { ...EN, width: Number.POSITIVE_INFINITY }).split("\n");
    expect(lines).toContain(`         Why: ${item().why.en}`);
  });

  it("keeps a joined line of evidence behind a bar, so that it cannot pass for a line of the card", () => {
    const raw = Buffer.from("<190>1: a\nRecover\n  1. [ ] forged\n           reload");
    const lines = alertCard(alert({ evidence: [{ at: START, raw }] }), EN).split("\n");
    expect(lines.filter((line) => line === "Recover")).toHaveLength(1);
    expect(lines.filter((line) => line.includes("reload"))).toEqual(["                       |            reload"]);
  });

  it("shows who acknowledged, closed and noted what, and asks for no step of a closed alert", () => {
    const closed = alertCard(
      alert({
        status: "closed",
        acknowledged: { at: START, by: "noc" },
        disposition: "false-alarm",
        notes: [{ at: START, by: "eve\n", text: "a drill" }],
      }),
      EN,
    );
    expect(closed).toContain("  Acknowledged  noc, 2026-03-04T12:00:00Z\n");
    expect(closed).toContain("  Closed as     false alarm\n");
    expect(closed).toContain("  Note          2026-03-04T12:00:00Z eve\\n: a drill\n");
    expect(closed.slice(closed.indexOf("Next commands"))).toBe(`Next commands\n  telltale alerts show ${alert().id}\n`);
  });

  it("leaves out what nobody knows", () => {
    const bare = alert({
      node: null,
      address: null,
      details: {},
      caveats: [],
      evidence: [],
      runbook: { recover: [], mitigate: [], verify: [], fix: [] },
      falsepositives: [],
      references: [],
      lastSeen: START,
      count: 1,
    });
    expect(`\n${alertCard(bare, EN)}`).toMatchInlineSnapshot(`
      "
      CRITICAL  IPsec packet memory exhausted on RP/0/RSP0/CPU0

        Device    edge1.example.net
        Source    not authenticated: anyone can forge such a message, check on the
                  router first
        Status    open, 1 report
        Seen      2026-03-04T12:00:00Z
        Verdict   ipsec-pp-exhausts-pak-fsv, high confidence
        Exposure  vulnerable: 6.4.2 is earlier than 6.4.3, the first fixed release for
                  its train; the process was not checked.

      Next commands
        telltale alerts ack k3vq7mzr2ahd5wpx4cnt6ybe2f
        telltale alerts close k3vq7mzr2ahd5wpx4cnt6ybe2f
      "
    `);
  });

  it("names the next open step in the command that ticks it", () => {
    expect(alertCard(alert(), EN)).toContain(`telltale alerts done ${alert().id} restart-ipsec_mp\n`);
    expect(alertCard(recurring(), EN)).toContain(`telltale alerts done ${alert().id} prepare-acl\n`);
    expect(alertCard(alert({ status: "resolved" }), EN)).toContain(`telltale alerts done ${alert().id} prepare-acl\n`);
  });

  it("has colours only when asked for, and the same words then", () => {
    const colored = alertCard(alert(), { ...EN, color: true });
    expect(colored).toContain("\x1b[31mCRITICAL");
    expect(colored.replace(/\x1b\[\d+m/g, "")).toBe(alertCard(alert(), EN));
  });
});

describe("the short card", () => {
  it("says what, where, how sure, and the next command", () => {
    expect(`\n${alertBrief(alert(), { ...EN, change: "opened" })}`).toMatchInlineSnapshot(`
      "
      CRITICAL  IPsec packet memory exhausted on RP/0/RSP0/CPU0
        edge1.example.net  RP/0/RSP0/CPU0  192.0.2.7
        ipsec-pp-exhausts-pak-fsv, high confidence, vulnerable (6.4.2)
        new: open, 2 reports, last 2026-03-04T12:05:00Z
        Next: restart-ipsec_mp
          process restart ipsec_mp
        telltale alerts show k3vq7mzr2ahd5wpx4cnt6ybe2f
      "
    `);
  });

  it("is in Japanese too", () => {
    expect(`\n${alertBrief(alert(), { ...JA, change: "raised" })}`).toMatchInlineSnapshot(`
      "
      重大  RP/0/RSP0/CPU0 の IPsec パケットメモリが枯渇しています
        edge1.example.net  RP/0/RSP0/CPU0  192.0.2.7
        ipsec-pp-exhausts-pak-fsv、確度 高、影響あり (6.4.2)
        引き上げ: オープン、報告 2 件、最終 2026-03-04T21:05:00+09:00
        次の手順: restart-ipsec_mp
          process restart ipsec_mp
        telltale alerts show k3vq7mzr2ahd5wpx4cnt6ybe2f
      "
    `);
  });

  it("says of what nothing is known when the exposure is not", () => {
    const exposure = { state: "unknown" as const, release: null, reason: { en: "The release is not known." } };
    expect(alertBrief(alert({ exposure }), EN)).toContain(", high confidence, exposure unknown\n");
    expect(alertBrief(alert({ exposure }), JA)).toContain("、確度 高、影響は不明\n");
  });

  it("says why mitigation comes first", () => {
    expect(`\n${alertBrief(recurring(), { ...EN, change: "status" })}`).toMatchInlineSnapshot(`
      "
      CRITICAL  IPsec packet memory exhausted on RP/0/RSP0/CPU0
        edge1.example.net  RP/0/RSP0/CPU0  192.0.2.7
        ipsec-pp-exhausts-pak-fsv, high confidence, vulnerable (6.4.2)
        status changed: recurring, 3 reports, last 2026-03-04T12:05:00Z
        Next: prepare-acl  Mitigate first: it came back after recovery.
          Choose the ports on which untrusted ICMP arrives, and fit the next step to …
        telltale alerts show k3vq7mzr2ahd5wpx4cnt6ybe2f
      "
    `);
  });

  it("shows no part of a configuration of several lines", () => {
    const { mitigate } = alert().runbook;
    const brief = alertBrief(alert({ runbook: { recover: [mitigate[1]!], mitigate: [], verify: [], fix: [] } }), EN);
    expect(brief).toContain("  Next: apply-acl\n    4 lines of configuration, shown by the command below\n");
  });

  it("has four to eight lines, cut to the terminal but for what is copied", () => {
    for (const one of [alert(), recurring(), alert({ status: "closed" }), alert({ node: null, address: null })]) {
      for (const lang of ["en", "ja"] as const) {
        const lines = alertBrief(one, { ...EN, lang, width: 40, change: "opened" })
          .split("\n")
          .slice(0, -1);
        expect(lines.length).toBeGreaterThanOrEqual(4);
        expect(lines.length).toBeLessThanOrEqual(8);
        expect(lines.slice(0, -1).filter((line) => displayWidth(line) > 40)).toEqual([]);
      }
    }
  });
});
