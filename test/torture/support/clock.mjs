/** A clock that a test moves: whoever sleeps wakes when it gets there. */
export function fakeClock(epoch) {
  let mono = 0;
  let sleepers = [];
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const next = async () => {
    await turn();
    mono = Math.max(mono, Math.min(...sleepers.map(({ due }) => due), Number.MAX_SAFE_INTEGER));
    for (const { due, wake } of [...sleepers]) if (due <= mono) wake();
    await turn();
  };
  return {
    now: () => epoch + mono,
    mono: () => mono,
    sleep: (millis, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          due: mono + millis,
          wake() {
            sleepers = sleepers.filter((one) => one !== sleeper);
            resolve();
          },
        };
        sleepers.push(sleeper);
        signal.addEventListener("abort", sleeper.wake);
      }),
    /** Until the next sleeper wakes. */
    next,
    async advance(millis) {
      const until = mono + millis;
      for (await turn(); sleepers.some(({ due }) => due <= until); await turn()) await next();
      mono = until;
    },
  };
}
