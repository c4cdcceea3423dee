/** The sentences that explain an exposure, in English and Japanese. */

import type { Dialect, ExposureState, Text } from "../model.ts";
import type { ExposureRange } from "./types.ts";

const OS_NAMES: Record<Dialect, string> = {
  ios: "Cisco IOS",
  "ios-xe": "Cisco IOS XE",
  "ios-xr": "Cisco IOS XR",
  "nx-os": "Cisco NX-OS",
  asa: "Cisco ASA",
  other: "another system",
  unknown: "an unknown system",
};

/** A reason before its full stop, so that the process clause can follow. */
export type Clause = Required<{ [K in keyof Text]: string }>;

/** For a device whose system the advisory excludes, or does not speak of. */
export function osReason(os: Dialect, affected: Dialect, state: ExposureState): Clause {
  if (os === "unknown") return { en: "The operating system is not known", ja: "OS が不明です" };
  const name = OS_NAMES[os];
  if (state === "not-affected") {
    return {
      en: `The device runs ${name}; the advisory affects ${OS_NAMES[affected]} only`,
      ja: `この装置の OS は ${name} です。このアドバイザリの影響を受けるのは ${OS_NAMES[affected]} のみです`,
    };
  }
  return {
    en: `The advisory is about ${OS_NAMES[affected]} and does not speak of ${os === "other" ? "this system" : name}`,
    ja: `このアドバイザリは ${OS_NAMES[affected]} に関するもので、この OS については述べていません`,
  };
}

export const NO_RELEASE: Clause = { en: "The release is not known", ja: "リリースが不明です" };

/** For a text that is no release number of the scheme. */
export function notARelease(text: string): Clause {
  const shown = text.slice(0, 40);
  return { en: `"${shown}" is not a full release number`, ja: `「${shown}」は完全なリリース番号ではありません` };
}

/** For a third number of two digits whose readings lead to different states. */
export function readingsDiffer(release: string, fixed: string | null): Clause {
  const en = fixed === null ? "the first fixed release" : `${fixed}, the first fixed release`;
  const ja = fixed === null ? "最初の修正済みリリース" : `最初の修正済みリリース ${fixed}`;
  return {
    en: `${release} may be later than ${en}, or an in-between release before it`,
    ja: `${release} は${ja} より後とも、その前の中間リリースとも読めます`,
  };
}

/** For an interim build of a first fixed release. */
export function interimBuild(release: string, fixed: string): Clause {
  return {
    en: `${release} is an interim build for ${fixed} and may be older than the fix`,
    ja: `${release} は ${fixed} の暫定ビルドであり、修正より前に作られた可能性があります`,
  };
}

/** For a release that is affected on some platforms, on a device whose platform is not known. */
export function platformUnknown(release: string, platforms: readonly string[]): Clause {
  const list = platforms.join(", ");
  return {
    en: `${release} is affected on ${list}, and the platform is not known`,
    ja: `${release} は ${list} で影響を受けますが、プラットフォームが不明です`,
  };
}

/** For an affected release that is exposed only where something is configured; `feature` names it. */
export function featureUnknown(reason: Text, feature: Text): Text {
  return {
    en: `${reason.en} It is exposed only with ${feature.en}, which is not known.`,
    ja: `${reason.ja ?? reason.en}影響を受けるのは ${feature.ja ?? feature.en} を使用している場合に限られますが、使用の有無は不明です。`,
  };
}

/** For a release that lies in a range (null: in none). */
export function rangeReason(range: ExposureRange | null, release: string, fixed: string | null): Clause {
  if (range === null) {
    return { en: `The advisory does not cover ${release}`, ja: `このアドバイザリは ${release} を対象にしていません` };
  }
  if (range.reason !== undefined) return fill(range.reason, release, fixed);
  if (range.smu !== undefined) return smuReason(range, release, range.smu);
  if (range.state === "vulnerable") return vulnerable(release, fixed);
  if (range.state === "fixed") return hasFix(release, fixed);
  if (range.state === "not-affected") return notAffected(range, release);
  return {
    en: `The advisory does not say whether ${release} is affected`,
    ja: `${release} が影響を受けるかどうか、アドバイザリには記載がありません`,
  };
}

/** Ends a clause, adding that nobody looked whether the process runs, or at which of several. */
export function unchecked(clause: Clause, down: readonly string[], open: readonly string[]): Text {
  if (down.length > 0) {
    const verb = (names: readonly string[], one: string, many: string) =>
      `${names.join(" and ")} ${names.length === 1 ? one : many}`;
    return {
      en: `${clause.en}; ${verb(down, "is", "are")} not running, ${verb(open, "was", "were")} not checked.`,
      ja: `${clause.ja}。${down.join(" と ")} は動作していませんが、${open.join(" と ")} は確認していません。`,
    };
  }
  return { en: `${clause.en}; the process was not checked.`, ja: `${clause.ja}。プロセスの動作は確認していません。` };
}

/** Ends a clause, adding which of the processes run. */
export function running(clause: Clause, names: readonly string[]): Text {
  const verb = names.length === 1 ? "is" : "are";
  return {
    en: `${clause.en}; ${names.join(" and ")} ${verb} running.`,
    ja: `${clause.ja}。${names.join(" と ")} が動作しています。`,
  };
}

/** Why a device is out of danger although its release may be affected (null: the release is not known). */
export function noneRunning(release: string | null, state: ExposureState, names: readonly string[]): Text {
  const none = names.length === 2 ? `neither ${names.join(" nor ")}` : `none of ${names.join(", ")}`;
  const en =
    release === null
      ? "The release is not known"
      : state === "vulnerable"
        ? `${release} is an affected release`
        : `Whether ${release} is affected is not known`;
  const ja =
    release === null
      ? "リリースは不明です"
      : state === "vulnerable"
        ? `${release} は影響を受けるリリースです`
        : `${release} が影響を受けるかどうかは不明です`;
  return { en: `${en}, but ${none} is running.`, ja: `${ja}が、${names.join("、")} はいずれも動作していません。` };
}

/** For a file in which nothing could be read. */
export const NO_CAPTURE: Text = {
  en: "No output of show version or show processes could be read.",
  ja: "show version または show processes の出力を読み取れませんでした。",
};

/** Adds that earlier captures show other releases. */
export function withEarlier(reason: Text, earlier: readonly string[]): Text {
  if (earlier.length === 0) return reason;
  const some = earlier.slice(-EARLIER_SHOWN).join(", ");
  return {
    en: `${reason.en} ${earlier.length === 1 ? "An earlier capture shows" : "Earlier captures show"} ${some}.`,
    ja: `${reason.ja ?? reason.en}以前のキャプチャでは ${some} でした。`,
  };
}

/** An endless list of releases would hide the reason. */
const EARLIER_SHOWN = 5;

/** Ends a clause. */
export function sentence(clause: Clause): Text {
  return { en: `${clause.en}.`, ja: `${clause.ja}。` };
}

function vulnerable(release: string, fixed: string | null): Clause {
  if (fixed === null) return { en: `${release} is affected`, ja: `${release} は影響を受けます` };
  return {
    en: `${release} is earlier than ${fixed}, the first fixed release for its train`,
    ja: `${release} は、このトレインに対する最初の修正済みリリース ${fixed} より前です`,
  };
}

function hasFix(release: string, fixed: string | null): Clause {
  if (fixed === null) return { en: `${release} has the fix`, ja: `${release} は修正済みです` };
  if (fixed === release) {
    return { en: `${release} is a first fixed release`, ja: `${release} は最初の修正済みリリースです` };
  }
  return {
    en: `${release} is later than ${fixed}, which has the fix`,
    ja: `${release} は、修正済みの ${fixed} より後のリリースです`,
  };
}

function smuReason(range: ExposureRange, release: string, smu: string): Clause {
  const platform = range.platform === undefined ? "" : ` (${[range.platform].flat().join(", ")})`;
  if (range.state !== "fixed") {
    return { en: `The SMU for ${smu} is installed${platform}`, ja: `${smu} の SMU がインストールされています` };
  }
  return {
    en: `The SMU for ${smu} is installed and fixes ${release}${platform}`,
    ja: `${smu} の SMU がインストールされており、${release}${platform} は修正済みです`,
  };
}

function notAffected(range: ExposureRange, release: string): Clause {
  if (range.lt !== undefined) {
    return {
      en: `${release} is earlier than ${range.lt}, before which its train is not affected`,
      ja: `${release} は ${range.lt} より前であり、このトレインの ${range.lt} より前のリリースは影響を受けません`,
    };
  }
  const group = range.train ?? range.prefix;
  if (group === undefined) return { en: `${release} is not affected`, ja: `${release} は影響を受けません` };
  return {
    en: `${release} is not affected: no release of ${group} is`,
    ja: `${group} のリリースは影響を受けないため、${release} は影響を受けません`,
  };
}

function fill(reason: Text, release: string, fixed: string | null): Clause {
  const one = (text: string): string =>
    text
      .replaceAll("{release}", () => release)
      .replaceAll("{fixed}", () => fixed ?? "-")
      .trim()
      .replace(/[.。]$/, "");
  return { en: one(reason.en), ja: one(reason.ja ?? reason.en) };
}
