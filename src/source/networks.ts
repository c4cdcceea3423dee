/** Networks as people write them (192.0.2.7, 192.0.2.0/24, 2001:db8::/32), and whether an address is in one. */
import { BlockList, isIP } from "node:net";
import { TelltaleError } from "../error.ts";

/** Answers remembered; then the memory starts again. */
const MAX_KNOWN = 100_000;

/** A test for membership in any of the networks; each address is looked up once. `place` says whose list it is in
 * an error. Throws CONFIG_INVALID. */
export function matchNetworks(networks: readonly string[], place: string): (address: string) => boolean {
  // A list for each family: in one of both, `::/0` would hold every IPv4 address too.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) addNetwork(lists, network, place);
  const known = new Map<string, boolean>();
  return (address) => {
    let answer = known.get(address);
    if (answer === undefined) {
      const plain = unmapped(address);
      const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
      answer = lists[family].check(plain, family);
      if (known.size > MAX_KNOWN) known.clear();
      known.set(address, answer);
    }
    return answer;
  };
}

function addNetwork(lists: Record<"ipv4" | "ipv6", BlockList>, network: string, place: string): void {
  const [, written = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const address = unmapped(written);
  try {
    if (isIP(written) === 0) throw new Error("no address");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    // ::ffff:192.0.2.0/120 is 192.0.2.0/24.
    const prefix = length === undefined ? null : Number(length) - (address === written ? 0 : 96);
    if (prefix === null) lists[family].addAddress(address, family);
    else lists[family].addSubnet(address, prefix, family);
  } catch (cause) {
    const hint = "Write an address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/32.";
    throw new TelltaleError("CONFIG_INVALID", `${place}: ${network} is no address or network`, hint, cause);
  }
}

/** IPv4 in an IPv6 coat is IPv4: `::ffff:192.0.2.7` and `::ffff:c000:207`. */
function unmapped(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const groups = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (groups === null) return address;
  const [high, low] = [Number.parseInt(groups[1]!, 16), Number.parseInt(groups[2]!, 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
