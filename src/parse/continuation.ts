/** The lines of a multi-line IOS message, which come without a header: what each of them is. */

/** What a continuation line holds. */
export type ContinuationKind = "pool" | "process" | "traceback" | "banner" | "indented";

/** A continuation line without the origin-id that some releases repeat before it. */
export interface Continuation {
  kind: ContinuationKind;
  origin: string | null;
  text: string;
}

/** Tell what a line without a header continues; null when it looks like none. */
export function continuationKind(text: string): Continuation | null {
  // The keyword first: `Pool: ` itself has the shape of an origin-id.
  const kind = kindOf(text);
  if (kind !== null) return { kind, origin: null, text };
  const found = ORIGIN.exec(text);
  if (found === null) return null;
  const rest = text.slice(found[0].length);
  const behind = kindOf(rest);
  return behind === null ? null : { kind: behind, origin: found[1]!, text: rest };
}

// r1: Alternate Pool: None  Free: 0  Cause: No Alternate pool
const ORIGIN = /^([\w.-]{1,128}): /;
// Pool: Processor  Free: 79840  Cause: Not enough free memory
const POOL = /^\s{0,64}(?:Alternate )?Pool:/;
//  -Process= "CCSIP_SPI_CONTROL", ipl= 0, pid= 263
const PROCESS = /^\s{0,64}-?\s{0,8}Process\b/;
// -Traceback= 0x61488C44 0x60015E58 0x6001BDB8
const TRACEBACK = /^\s{0,64}-Traceback=/;
// Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)
const BANNER =
  /^\s{0,64}(?:Cisco IOS Software|Cisco Internetwork|IOS \(tm\)|Technical Support:|Copyright \(c\)|Compiled )/;
//         connection id=29, sequence number=219
const INDENTED = /^(?: {2}|\t)/;

function kindOf(text: string): ContinuationKind | null {
  if (POOL.test(text)) return "pool";
  if (PROCESS.test(text)) return "process";
  if (TRACEBACK.test(text)) return "traceback";
  if (BANNER.test(text)) return "banner";
  return INDENTED.test(text) ? "indented" : null;
}
