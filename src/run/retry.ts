/** What a database that cannot be written for a while is worth: another try. */
import { TelltaleError } from "../error.ts";

/** How often the last commit is tried; each try waits a tenth of a second for a lock. */
const LAST_TRIES = 80;

/** Does it, and again where another try may help; throws what the last try threw. */
export function insist(work: () => void): void {
  for (let i = 1; ; i++) {
    try {
      work();
      return;
    } catch (error) {
      if (!canRetry(error) || i === LAST_TRIES) throw error;
    }
  }
}

/** Whether a lock or a lack of room is to blame. */
export function canRetry(error: unknown): error is TelltaleError {
  return error instanceof TelltaleError && (error.code === "STORE_BUSY" || error.code === "IO");
}
