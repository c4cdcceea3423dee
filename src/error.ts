/** Every error a user can meet: one table of codes with their exit code (sysexits). */

export const ERRORS = {
  USAGE: 64,
  DATA_INVALID: 65,
  RULE_INVALID: 65,
  NO_INPUT: 66,
  NOT_FOUND: 66,
  ADDRESS_IN_USE: 69,
  ADDRESS_UNAVAILABLE: 69,
  NATIVE_MODULE_MISSING: 69,
  OUTPUT_FAILED: 69,
  INTERNAL: 70,
  IO: 74,
  STORE_BROKEN: 74,
  STORE_BUSY: 75,
  NO_PERMISSION: 77,
  CONFIG_INVALID: 78,
  STORE_NEWER: 78,
  STORE_EDITED: 78,
  SQLITE_TOO_OLD: 78,
} as const;
export type ErrorCode = keyof typeof ERRORS;

/** An error with what went wrong, where, and what to do about it. */
export class TelltaleError extends Error {
  readonly code: ErrorCode;
  /** What the user can do, as a sentence. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "TelltaleError";
    this.code = code;
    this.hint = hint;
  }

  /** Exit code after sysexits.h. */
  get exitCode(): number {
    return ERRORS[this.code];
  }
}
