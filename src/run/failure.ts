/** Errors across threads: what a TelltaleError says survives the crossing. */
import { TelltaleError } from "../error.ts";
import type { Failure } from "./messages.ts";

export function toFailure(error: unknown): Failure {
  if (error instanceof TelltaleError) return { code: error.code, message: error.message, hint: error.hint };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: "INTERNAL",
    message: text,
    hint: "This is a fault in Telltale; please report it with the lines above.",
  };
}

export function fromFailure({ code, message, hint }: Failure): TelltaleError {
  return new TelltaleError(code, message, hint);
}
