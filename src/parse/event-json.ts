/** An event as the JSON contract of `telltale parse` prints it. */

import type { Event } from "../model.ts";
import { decodeText, isUtf8 } from "./decode.ts";

/** The contract's fields in the contract's order; `rawB64` only when the bytes are not valid UTF-8. */
export function eventJson(event: Event): Record<string, unknown> {
  return {
    at: new Date(event.at).toISOString(),
    from: event.from,
    raw: decodeText(event.raw),
    ...(isUtf8(event.raw) ? {} : { rawB64: Buffer.from(event.raw).toString("base64") }),
    atSource: event.atSource,
    dialect: event.dialect,
    envelope: event.envelope,
    pri: event.pri,
    device: event.device,
    counter: event.counter,
    sequence: event.sequence,
    clock: event.clock,
    node: event.node,
    process: event.process,
    tag: event.tag,
    text: event.text,
    flags: event.flags,
    sourceAuth: event.sourceAuth,
  };
}
