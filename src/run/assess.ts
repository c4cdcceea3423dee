/** Terminal captures in, exposures out: what each router runs, and what each advisory says of that. */
import { assemble, type CapturedDevice, type CaptureFile } from "../exposure/assemble.ts";
import { readSections } from "../exposure/capture.ts";
import { judgeExposure } from "../exposure/judge.ts";
import { NO_CAPTURE, withEarlier } from "../exposure/reason.ts";
import type { DeviceRelease } from "../exposure/types.ts";
import type { Assessment } from "../model.ts";
import { fileStem } from "../parse/identity.ts";
import type { Advisory } from "../rule/compiled.ts";
import { MAX_LINES, readTerminal } from "../source/terminal.ts";

export interface Assessed {
  devices: CapturedDevice[];
  /** One for each device and advisory, devices in the order of the input. */
  assessments: Assessment[];
  /** Sentences on what could not be used; each names the file. */
  notes: string[];
  /** Why the last file ends before its end; everything before is judged. */
  broken: Error | null;
}

/** Reads every file, joins what they say of each router, and judges it. Rejects with NO_INPUT or NO_PERMISSION. */
export async function assess(paths: readonly string[], advisories: readonly Advisory[]): Promise<Assessed> {
  const names = processNames(advisories);
  const files: CaptureFile[] = [];
  const notes: string[] = [];
  let broken: Error | null = null;
  for (const path of paths) {
    const read = await readTerminal(path);
    broken ??= read.broken;
    if (read.skipped > 0) notes.push(`${path}: only the first ${MAX_LINES} lines were read, ${read.skipped} were not.`);
    files.push({ source: path, stem: fileStem(path), sections: readSections(read.lines) });
  }
  const unreadable = files.filter((file) => assemble([file], names).every((device) => !device.readable));
  // Where no command was typed either, what looks like a prompt is none.
  for (const file of unreadable) {
    if (file.sections.every(({ command }) => !command)) file.sections = readSections([]);
  }
  for (const { source } of unreadable) {
    notes.push(
      `${source}: no output of show version or show processes was found; capture both on the router, with the prompt and the command.`,
    );
  }
  // A prompt without anything to read is worth a line only where somebody asked it, or its file has nothing else.
  const devices = assemble(files, names).filter(
    (device) =>
      device.readable ||
      device.asked ||
      device.sources.some((source) => unreadable.some((file) => file.source === source)),
  );
  const assessments = devices.flatMap((device) => judgeDevice(device, device, advisories));
  return { devices, assessments, notes, broken };
}

/** Judges one router by everything that is known of it, which may be more than its captures. */
export function judgeDevice(
  device: CapturedDevice,
  known: DeviceRelease,
  advisories: readonly Advisory[],
): Assessment[] {
  return advisories.flatMap((advisory) => {
    // Rules that are not about a release have nothing to assess.
    if (advisory.exposure === null) return [];
    const { state, release, reason, firstFixed } = judgeExposure(advisory.exposure, known);
    const told = device.readable ? withEarlier(reason, device.earlier) : NO_CAPTURE;
    const source = device.sources.join(", ");
    return {
      device: device.name,
      advisory: advisory.id,
      state,
      os: known.os,
      release,
      reason: told,
      firstFixed,
      source,
    };
  });
}

/** Every process whose absence tells something. */
function processNames(advisories: readonly Advisory[]): string[] {
  return [...new Set(advisories.flatMap((advisory) => advisory.exposure?.["none-running"]?.processes ?? []))];
}
