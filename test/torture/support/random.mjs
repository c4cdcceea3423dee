/** Chance that can be repeated: the seed is printed, and TELLTALE_SEED gives it again. */

/** A source of numbers from 0 up to 1. */
export function seeded(say) {
  let state = Number(process.env.TELLTALE_SEED ?? Date.now() % 2 ** 31) >>> 0;
  say(`seed ${state}`);
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
