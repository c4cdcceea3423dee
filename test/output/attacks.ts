/** What an attacker writes into a log to reach the terminal of whoever reads it, and which characters may come out. */

const ESC = "\x1b";
const BEL = "\x07";
/** String terminators of OSC, DCS, APC, PM and SOS: 7-bit, 8-bit, and the BEL that xterm takes too. */
const TERMINATORS = [`${ESC}\\`, "\x9c", BEL];

/** CSI, ECMA-48 5.4: cursor, erase, colours, modes, scroll region, reports that answer as if typed. */
const CSI = [
  ..."ABCDEFGHIJKLMPSTXZ".split("").flatMap((final) => [`${ESC}[${final}`, `${ESC}[999${final}`, `\x9b1${final}`]),
  ...["0m", "8m", "31;1m", "38;5;196m", "38;2;1;2;3m", "7m"].flatMap((sgr) => [`${ESC}[${sgr}`, `\x9b${sgr}`]),
  ...["?25l", "?1049h", "?2004l", "?1000h", "?5h", "?7l", "4h", "20h", "!p", "?3h"].flatMap((mode) => [
    `${ESC}[${mode}`,
    `\x9b${mode}`,
  ]),
  ...["1;1H", "2;5r", "6n", "c", ">c", "=c", "5n", "21t", "18t", "8;1;1t", "s", "u", "2J", "3J", "1K", "0 q"].flatMap(
    (rest) => [`${ESC}[${rest}`, `\x9b${rest}`],
  ),
];

/** OSC: title, colours, hyperlink, clipboard, working folder, notifications, iTerm2 files. */
const OSC = [
  "0;owned",
  "1;owned",
  "2;all clear",
  "4;1;?",
  "8;;https://example.com/evil",
  "9;message",
  "10;#000000",
  "11;?",
  "52;c;cm0gLXJmIC8=",
  "52;c;?",
  "7;file:///etc",
  "777;notify;a;b",
  "1337;File=name=eA==:eA==",
].flatMap((body) => TERMINATORS.flatMap((end) => [`${ESC}]${body}${end}`, `\x9d${body}${end}`]));

/** DCS, APC, PM, SOS: DECRQSS, termcap requests, sixel, kitty graphics, screen's titles. */
const STRINGS = ['$q"p', "+q544e", "q#0;2;0;0;0~", "Gf=24;AAAA", "malicious"].flatMap((body) =>
  [`${ESC}P`, "\x90", `${ESC}_`, "\x9f", `${ESC}^`, "\x9e", `${ESC}X`, "\x98"].map(
    (start, i) => `${start}${body}${TERMINATORS[i % TERMINATORS.length]!}`,
  ),
);

/** Single escapes: reset, charsets, save and restore, key modes, screen's title. */
const SINGLE = [..."cDEHMNOZ78=>lmno|}~"]
  .map((final) => `${ESC}${final}`)
  .concat([`${ESC}(0`, `${ESC})B`, `${ESC}#8`, `${ESC}%G`, `${ESC} F`, `${ESC}kowned${ESC}\\`, ESC, `${ESC}[`]);

/** Overwriting what stands there: CR, BS, DEL, VT, FF, tabs. */
const OVERWRITE = [
  "CRITICAL\rall quiet",
  "line\r\nCRITICAL  forged",
  "line\n\n  Device    forged",
  "bad\b\b\bgood",
  "bad\x7f\x7f\x7f",
  "a\vb",
  "a\fb",
  "a\tb",
  "\x00",
  "\x0e\x0f",
  "\x05",
  "\x11\x13",
];

const ALL_C0 = Array.from({ length: 32 }, (_, code) => `c0${String.fromCharCode(code)}`);
const ALL_C1 = Array.from({ length: 33 }, (_, code) => `c1${String.fromCharCode(0x7f + code)}`);

/** Text that reads otherwise than it is: bidi, invisible characters, tags, look-alike blanks, piles of marks. */
const INVISIBLE = [
  ..."\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
  ..."\u00ad\u034f\u115f\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u206a\u206f\u3164\ufe0f\ufeff\uffa0",
  ..."\u2028\u2029\u0085\ufff9\ufffa\ufffb\u00a0\u2007\u202f\u205f",
]
  .map((character) => `process${character}restart`)
  .concat([
    "\u{e0001}\u{e0041}\u{e0042}\u{e007f}",
    "\u{e0100}",
    "\ue000\uf8ff\u{f0000}\u{10fffd}",
    "\ud800",
    "\udc00\ud800",
    "x\ud83d",
    "\ufdd0\uffff\u{1fffe}",
    `pile${"\u0301".repeat(40)}`,
    "\u0334starts with a mark",
  ]);

/** Text that another reader takes for more than text. */
const OTHER = ["\\x1b[31m", "\\", "\\\\n", "$(reboot)", "`reboot`", "%s%n", "<script>", "=cmd|' /C calc'!A0", "$&$1$$"];

/** More than 300 sequences. */
export const ATTACKS: readonly string[] = [
  ...CSI,
  ...OSC,
  ...STRINGS,
  ...SINGLE,
  ...OVERWRITE,
  ...ALL_C0,
  ...ALL_C1,
  ...INVISIBLE,
  ...OTHER,
];

/** The characters of a text that a terminal would obey or hide, written as U+…; written without the code under test. */
export function unprintable(text: string, allowed: readonly number[] = []): string[] {
  const found: string[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (allowed.includes(code)) continue;
    if (FORBIDDEN.some(([first, last]) => code >= first && code <= last) || (code & 0xfffe) === 0xfffe) {
      found.push(`U+${code.toString(16)}`);
    }
  }
  return found;
}

/** LF, for text of several lines. */
export const LF = [0x0a];

const FORBIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfdd0, 0xfdef],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0x10ffff],
];
