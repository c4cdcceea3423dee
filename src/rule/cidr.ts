/** Networks such as 192.0.2.0/24 and 2001:db8::/32, and whether an address lies in one. */

interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** A test for one network; null when the text names none. An address without a prefix length is a network of one. */
export function parseNetwork(text: string): ((address: string) => boolean) | null {
  const [, base = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const network = parseAddress(base);
  if (network === null) return null;
  const prefix = length === undefined ? network.bits : Number(length);
  if (prefix > network.bits) return null;
  const shift = BigInt(network.bits - prefix);
  const wanted = network.value >> shift;
  return (address) => {
    const found = parseAddress(address);
    return found !== null && found.bits === network.bits && found.value >> shift === wanted;
  };
}

/** An address as a number; IPv4 in an IPv6 coat is IPv4. */
function parseAddress(text: string): Address | null {
  const four = parseFour(text);
  if (four !== null) return { bits: 32, value: four };
  const value = parseSix(text);
  if (value === null) return null;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** Without leading zeros, which some read as octal. */
function parseFour(text: string): bigint | null {
  const parts = FOUR.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

const FOUR = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

function parseSix(text: string): bigint | null {
  if (text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half, i) => (half === "" ? [] : groups(half, i === halves.length - 1)));
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array<number>(missing).fill(0), ...tail].reduce(
    (value, group) => (value << 16n) | BigInt(group),
    0n,
  );
}

/** `db8:1` -> its 16-bit groups; the address's last may be written as IPv4. */
function groups(text: string, isLast: boolean): number[] | null {
  const result: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const four = isLast && i === parts.length - 1 ? parseFour(part) : null;
    if (four !== null) result.push(Number(four >> 16n), Number(four & 0xffffn));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) result.push(Number.parseInt(part, 16));
    else return null;
  }
  return result;
}
