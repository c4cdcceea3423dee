/** Names of the characters that headers are made of. */

export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const HASH = 0x23;
export const PERCENT = 0x25;
export const STAR = 0x2a;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const MORE = 0x3e;
export const UPPER_M = 0x4d;
export const OPEN = 0x5b;
export const CLOSE = 0x5d;
export const UNDERSCORE = 0x5f;
export const DEL = 0x7f;
