/** What a terminal leaves before a log line in a capture: pager remains and the prompt it was printed over. */

import { readPromptNode } from "./iosxr.ts";
import { endAt, matchAt } from "./scan.ts";

/** A prompt at the start of a line: the host that it names and the place after it. */
export interface Prompt {
  host: string;
  /** The prompt named a node, as IOS XR's does. */
  node: boolean;
  end: number;
}

/** The place after a pager's ` --More-- ` and the backspaces that wiped it; 0 when there is none. */
export function skipPager(line: string): number {
  const end = endAt(PAGER, line, 0);
  return end === -1 ? 0 : end;
}

/** Read a prompt; null when the line does not start with one. */
export function readPrompt(line: string, at: number): Prompt | null {
  const node = at === 0 ? readPromptNode(line) : 0;
  const found = matchAt(PROMPT, line, at + node);
  if (found === null) return null;
  return { host: found[1]!, node: node > 0, end: at + node + found[0].length };
}

//  --More-- ^H^H^H^H^H^H^H^H^H        ^H^H^H^H^H^H^H^H^H | <--- More --->^M              ^M
const PAGER = /(?: ?-{1,4} ?More ?-{1,4}|<--- More --->)[ \b\r]{0,128}/y;
// r1# | Router(config)# | RP/0/RP0/CPU0:xr1(config-if)#
const PROMPT = /([A-Za-z0-9_](?:[\w.-]{0,61}\w)?)(?:\([\w-]{1,48}\))?[#>] ?/y;
