/** Which errors of the database pass by themselves: a full disk gets room, a lock is given back. */
import { TelltaleError } from "../error.ts";

export function canRetry(error: unknown): error is TelltaleError {
  return error instanceof TelltaleError && (error.code === "STORE_BUSY" || error.code === "IO");
}
