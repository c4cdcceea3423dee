/** The judgement: is this device affected by this advisory, and why. */

import type { ExposureState, Text } from "../model.ts";
import { findRange, firstFixedFor } from "./range.ts";
import {
  type Clause,
  featureUnknown,
  interimBuild,
  NO_RELEASE,
  noneRunning,
  notARelease,
  osReason,
  platformUnknown,
  rangeReason,
  readingsDiffer,
  running,
  sentence,
  unchecked,
} from "./reason.ts";
import { formatRelease, inBetweenReading, isInterimOf, parseRelease, type Release } from "./release.ts";
import type { DeviceRelease, ExposureJudgement, ExposureSpec } from "./types.ts";

/** Judges a device by its system, then its release, then its processes. */
export function judgeExposure(spec: ExposureSpec, device: DeviceRelease): ExposureJudgement {
  if (device.os !== spec.os) {
    const state: ExposureState = spec["not-affected-os"]?.includes(device.os) ? "not-affected" : "unknown";
    const reason = sentence(osReason(device.os, spec.os, state));
    return { state, release: device.release, reason, firstFixed: null };
  }
  const finding = judgeRelease(spec, device);
  const { state, reason } = withProcesses(spec, device, finding);
  const open = state === "vulnerable" ? spec.feature : undefined;
  return {
    state: open === undefined ? state : "unknown",
    release: device.release,
    reason: open === undefined ? reason : featureUnknown(reason, open),
    firstFixed: finding.firstFixed,
  };
}

interface Finding {
  state: ExposureState;
  clause: Clause;
  firstFixed: string | null;
  /** As printed; null where there is none that can be judged. */
  release: string | null;
}

function judgeRelease(spec: ExposureSpec, device: DeviceRelease): Finding {
  const unknown = { state: "unknown", firstFixed: null, release: null } as const;
  const text = device.release?.trim() ?? "";
  if (text === "") return { ...unknown, clause: NO_RELEASE };
  const release = parseRelease(spec.scheme, text);
  if (release === null) return { ...unknown, clause: notARelease(text) };
  const numeric = judgeReading(spec, device, release, release);
  const other = spec["two-digit-rebuild"] === "both-readings" ? inBetweenReading(release) : null;
  if (other === null) return numeric;
  const between = judgeReading(spec, device, other, release);
  if (between.state === numeric.state) return numeric;
  return { ...numeric, state: "unknown", clause: readingsDiffer(formatRelease(release), numeric.firstFixed) };
}

/** Judges one reading of a release; sentences show the release as it is printed. */
function judgeReading(spec: ExposureSpec, device: DeviceRelease, reading: Release, printed: Release): Finding {
  const shown = formatRelease(printed);
  const fixed = firstFixedFor(spec, reading);
  const { range, undecided } = findRange(spec, reading, device);
  const state = range?.state ?? "unknown";
  if (spec["interim-of-fixed"] === "unknown" && fixed !== null && isInterimOf(reading, fixed)) {
    const name = formatRelease(fixed);
    return { state: "unknown", clause: interimBuild(shown, name), firstFixed: name, release: shown };
  }
  if (undecided !== null && state !== "vulnerable") {
    const firstFixed = undecided["first-fixed"] ?? (fixed === null ? null : formatRelease(fixed));
    const clause = platformUnknown(shown, [undecided.platform ?? []].flat());
    return { state: "unknown", clause, firstFixed, release: shown };
  }
  const named = state === "not-affected" || fixed === null ? null : formatRelease(fixed);
  const firstFixed = range?.["first-fixed"] ?? named;
  return { state, clause: rangeReason(range, shown, firstFixed), firstFixed, release: shown };
}

function withProcesses(
  spec: ExposureSpec,
  device: DeviceRelease,
  finding: Finding,
): { state: ExposureState; reason: Text } {
  const { state, clause, release } = finding;
  const rule = spec["none-running"];
  const isSafe = state === "fixed" || state === "not-affected";
  if (rule === undefined || isSafe) return { state, reason: sentence(clause) };
  const { checked = [], running: listed = [] } = device.processes ?? {};
  const up = rule.processes.filter((name) => listed.includes(name));
  if (up.length > 0) return { state, reason: running(clause, up) };
  const open = rule.processes.filter((name) => !checked.includes(name));
  if (open.length > 0) {
    const down = rule.processes.filter((name) => checked.includes(name));
    return { state, reason: release === null ? sentence(clause) : unchecked(clause, down, open) };
  }
  return { state: rule.state, reason: noneRunning(release, state, rule.processes) };
}
