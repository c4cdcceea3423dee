/** Text cut where lines end: chunks of any size become runs of whole lines, so that no line lies in two of them. */

/** Bytes of text that nobody changes any more. */
export interface Run {
  bytes: Uint8Array;
  /** Behind the last byte of the text. As many as `AHEAD` more bytes are there. */
  end: number;
}

/** Whoever reads lines of a run may look this far behind their end. */
export const AHEAD = 16;
/** A line longer than this is cut off anyhow: it is handed on in parts. */
const LONGEST = 1 << 20;
const LF = 0x0a;

/** Runs that end with a line feed, and at last what has none; that comes out before a fault of the chunks, too. */
export async function* lineRuns(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Run> {
  let held: Uint8Array = new Uint8Array(0);
  try {
    for await (const chunk of ahead(chunks)) {
      const last = chunk.lastIndexOf(LF) + 1;
      if (last > 0 || held.length + chunk.length > LONGEST) {
        const whole = last > 0 ? last : chunk.length;
        yield joined(held, chunk.subarray(0, whole));
        held = new Uint8Array(chunk.subarray(whole));
      } else held = joined(held, chunk).bytes.subarray(0, held.length + chunk.length);
    }
  } catch (error) {
    if (held.length > 0) yield joined(held, new Uint8Array(0));
    throw error;
  }
  if (held.length > 0) yield joined(held, new Uint8Array(0));
}

function joined(first: Uint8Array, second: Uint8Array): Run {
  const end = first.length + second.length;
  const bytes = new Uint8Array(end + AHEAD);
  bytes.set(first);
  bytes.set(second, first.length);
  return { bytes, end };
}

/** Has the next chunk made ready while one is read. */
async function* ahead(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = source.next();
      // Whoever waits for it is told of a fault; until then it is nobody's.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await source.return?.();
  }
}
