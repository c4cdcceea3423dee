/** How many datagrams the Linux kernel threw away before we read them, from /proc/self/net/udp and udp6. */
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { endianness } from "node:os";

/** Datagrams dropped for the sockets bound to this address and port; null where the system does not say. */
export function kernelDrops(address: string, port: number): number | null {
  const v4 = isIPv4(address);
  try {
    return dropsInTable(
      readFileSync(v4 ? "/proc/self/net/udp" : "/proc/self/net/udp6", "latin1"),
      socketKey(address, port),
    );
  } catch {
    return null;
  }
}

/**
 * The `drops` column of the rows whose local address is `key`, summed; null without such a row.
 * `  12: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 4242 2 0000000000000000 17`
 */
export function dropsInTable(table: string, key: string): number | null {
  let drops: number | null = null;
  for (const row of table.split("\n")) {
    const columns = row.trim().split(/ +/);
    if (columns[1] === key && /^\d+$/.test(columns[12] ?? "")) drops = (drops ?? 0) + Number(columns[12]);
  }
  return drops;
}

/** An address and port as the kernel prints them: `127.0.0.1`, 5514 is `0100007F:158A` on a little-endian machine. */
export function socketKey(address: string, port: number): string {
  const bytes = isIPv4(address) ? address.split(".").map(Number) : ipv6Bytes(address);
  let key = "";
  for (let word = 0; word < bytes.length; word += 4) {
    const four = bytes.slice(word, word + 4);
    if (endianness() === "LE") four.reverse();
    key += four.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return `${key}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}

function ipv6Bytes(address: string): number[] {
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0);
  return [...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]);
}
