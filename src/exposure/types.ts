/** The shapes of exposure: what an advisory's data says, what is known of a device, and the judgement. */

import type { Dialect, Exposure, ExposureState, Text } from "../model.ts";

/** How releases are numbered: `dotted` is 6.5.1, `ios-train` 15.1(4)M5, `ios-xe` 17.9.4a, `nx-os` 9.3(5). */
export type Scheme = "dotted" | "ios-train" | "ios-xe" | "nx-os";

/** Which releases an advisory affects: the `exposure` block of an `advisory.yaml`. */
export interface ExposureSpec {
  os: "ios-xr" | "ios" | "ios-xe" | "nx-os";
  scheme: Scheme;
  /** A third number of two digits (6.6.25) may be later than 6.6.3 or lie between 6.6.2 and 6.6.3: judge both. */
  "two-digit-rebuild"?: "both-readings" | undefined;
  /** An interim build of a first fixed release (6.4.3.10I) may be older than the fix. */
  "interim-of-fixed"?: "unknown" | undefined;
  /** Systems that are not affected, whatever their release. */
  "not-affected-os"?: readonly Dialect[] | undefined;
  /** What must be configured before an affected release is exposed; no capture tells, so the state is then unknown. */
  feature?: Text | undefined;
  /** The state of a release that is not fixed when none of these processes runs. */
  "none-running"?: { processes: readonly string[]; state: ExposureState } | undefined;
  /** The first range that matches decides; no match is `unknown`. */
  ranges: readonly ExposureRange[];
  /** Every release that the advisory names as the first with the fix. */
  "first-fixed": readonly string[];
}

/** A set of releases with one state; all conditions that are given must hold, and without any it is every release. */
export interface ExposureRange {
  in?: readonly string[] | undefined;
  /** A bound says nothing of releases that it does not compare with: see the files of the schemes. */
  lt?: string | undefined;
  lte?: string | undefined;
  gte?: string | undefined;
  /** `6.5` (dotted), `15.1M` (ios-train: the exact letters, so never 15.1MR), `17.9` (ios-xe), `7.0(3)I7` (nx-os). */
  train?: string | undefined;
  /** `12.2`: all trains that are based on it. */
  prefix?: string | undefined;
  /** `asr9k-px`; `asr9k` is every platform whose name begins so, up to a hyphen. One of several is enough. */
  platform?: string | readonly string[] | undefined;
  /** Bug id of a software maintenance upgrade that must be installed. */
  smu?: string | undefined;
  state: ExposureState;
  /** Stands in for the sentence the code would make; `{release}` and `{fixed}` are filled in. */
  reason?: Text | undefined;
  /** Where the next first fixed release of the list is not the one to name. */
  "first-fixed"?: string | undefined;
}

/** What is known of a device from its captures, its boot banner, or its operator. */
export interface DeviceRelease {
  os: Dialect;
  release: string | null;
  /** As in the ranges: `asr9k-px`; null: not known. */
  platform?: string | null | undefined;
  /** Bug ids of the installed maintenance upgrades; null: nobody looked. */
  smus?: readonly string[] | null | undefined;
  /** Null: no capture. */
  processes?: ProcessCheck | null | undefined;
}

/** Names of processes that a capture would have listed (`checked`), and those of them that it lists. */
export interface ProcessCheck {
  checked: readonly string[];
  running: readonly string[];
}

/** An exposure, with the release that first has the fix for this one (null where none is known or needed). */
export type ExposureJudgement = Exposure & { firstFixed: string | null };
