/** What operators say against what the log says: settings outrank a banner, and a contradiction is told. */
import type { DeviceRelease } from "../exposure/types.ts";
import type { Confidence, DeviceSettings, SourceAuth, Text } from "../model.ts";
import { concerns } from "./claim.ts";
import { isPinned } from "./device-map.ts";
import type { DeviceState, Episode } from "./state.ts";

/** What the device's exposure to an advisory is judged by. A release belongs to a system: where the settings name
 * another system than the log, the log's release counts for nothing. */
export function releaseOf({ facts, settings }: Pick<DeviceState, "facts" | "settings">): DeviceRelease {
  if (settings === null) return { os: facts.os, release: facts.release };
  const { platform, smus, processes } = settings;
  const os = settings.os ?? facts.os;
  return { os, release: settings.release ?? (os === facts.os ? facts.release : null), platform, smus, processes };
}

/** Evidence from an address that the router is not expected to use is medium at most. */
export function believed(confidence: Confidence, device: DeviceState): Confidence {
  return device.apart !== null && confidence === "high" ? "medium" : confidence;
}

/** Whether the sender proved to be the router, or else whether its address is one that the operator named. */
export function senderOf(device: DeviceState, episode: Episode): SourceAuth {
  if (episode.proved === true && device.apart === null) return "tls";
  const named = (device.settings?.addresses.length ?? 0) > 0;
  return named && device.apart === null && episode.address !== null ? "address" : "none";
}

/** What an operator must know of where this alert's evidence comes from. */
export function sourceCaveats(device: DeviceState, episode: Episode): Text[] {
  const { settings, apart, conflict } = device;
  if (settings !== null && apart !== null) return [stranger(apart, settings)];
  const texts = Object.entries(episode.steps).flatMap(([id, { from }]) =>
    from === undefined ? [] : [toldBy(from, id)],
  );
  const ongoing = conflict !== null && concerns(conflict, episode.start, episode.lastReport);
  // An operator who names the addresses or certificates has settled it.
  if (ongoing && !isPinned(settings)) texts.push(claimed(conflict.addresses));
  const contradiction = contradicts(device);
  if (contradiction !== null) texts.push(contradiction);
  return texts;
}

function stranger(address: string, { name, addresses, certificates }: DeviceSettings): Text {
  if (certificates.length > 0) return unproved(address, name, certificates.join(", "));
  if (addresses.length === 0) return unproved(address, name, name);
  const list = addresses.join(", ");
  return {
    en: `The messages came from ${address}, which is not an address of ${name} (${list}): somebody else may have sent them. Check on the router itself, and where ${address} is in your network.`,
    ja: `これらのメッセージの送信元 ${address} は、${name} のアドレス (${list}) ではありません。第三者が送信した可能性があります。ルータ本体の状態と、${address} がネットワークのどこにあるかを確認してください。`,
  };
}

function unproved(sender: string, name: string, expected: string): Text {
  return {
    en: `The messages came from ${sender} without the certificate of ${name} (${expected}): somebody else may have sent them. Check on the router itself, and where ${sender} is in your network.`,
    ja: `これらのメッセージは ${sender} から届きましたが、${name} の証明書 (${expected}) がありません。第三者が送信した可能性があります。ルータ本体の状態と、${sender} がネットワークのどこにあるかを確認してください。`,
  };
}

function toldBy(address: string, step: string): Text {
  return {
    en: `That ${step} was done was told by ${address}, another address than the alert's: it may be forged. Check on the router itself.`,
    ja: `${step} の実行を伝えたのは、アラートの送信元とは別のアドレス ${address} です。偽造の可能性があるため、ルータ本体で確認してください。`,
  };
}

function claimed(addresses: string[]): Text {
  const list = addresses.join(", ");
  const many = addresses.length === 2 ? "Two" : String(addresses.length);
  return {
    en: `${many} addresses claim this name: ${list}. One of them may be forged; \`telltale devices set NAME --address …\` says which is right.`,
    ja: `${addresses.length} つのアドレスがこの名前を名乗っています: ${list}。いずれかが偽造の可能性があります。正しいアドレスは \`telltale devices set NAME --address …\` で指定してください。`,
  };
}

/** A banner names a system with its release; a header's shape alone contradicts nobody. */
function contradicts({ facts, settings, osFrom }: DeviceState): Text | null {
  if (settings === null || osFrom !== "banner" || facts.release === null) return null;
  const system = settings.os ?? facts.os;
  const release = settings.release ?? facts.release;
  if (system === facts.os && release.toLowerCase() === facts.release.toLowerCase()) return null;
  const logged = `${facts.os} ${facts.release}`;
  const set = `${system}${settings.release === null ? "" : ` ${settings.release}`}`;
  return {
    en: `The log names ${logged}, but ${set} is set (${settings.source}). What is set counts; check \`show version\`.`,
    ja: `ログでは ${logged} ですが、設定では ${set} です (${settings.source})。設定を優先しています。\`show version\` で確認してください。`,
  };
}
