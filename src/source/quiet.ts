/** What the kernel holds when a listener stops is still read; a sender that never pauses is cut off. */

/** Longest time that stopping reads on. */
const DRAIN_MILLISECONDS = 1_000;

/** Resolves when the event loop has asked the system once more and `count` did not grow. */
export async function quiet(count: () => number): Promise<void> {
  const end = performance.now() + DRAIN_MILLISECONDS;
  for (let before = -1; before !== count() && performance.now() < end; ) {
    before = count();
    await nextPoll();
  }
}

function nextPoll(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
