/** Networks as people write them (192.0.2.7, 192.0.2.0/24, 2001:db8::/32), and whether an address is in one. */
import { BlockList, isIP } from "node:net";
import { TelltaleError } from "../error.ts";

/** Answers remembered; then the memory starts again. */
const MAX_KNOWN = 100_000;

/** A test for membership in any of the networks; each address is looked up once. `place` says whose list it is in
 * an error. Throws CONFIG_INVALID. */
export function matchNetworks(networks: readonly string[], place: string): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network, place);
  const known = new Map<string, boolean>();
  return (address) => {
    let answer = known.get(address);
    if (answer === undefined) {
      answer = list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
      if (known.size > MAX_KNOWN) known.clear();
      known.set(address, answer);
    }
    return answer;
  };
}

function addNetwork(list: BlockList, network: string, place: string): void {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const version = isIP(address);
  try {
    if (version === 0) throw new Error("no address");
    const family = version === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  } catch (cause) {
    const hint = "Write an address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/32.";
    throw new TelltaleError("CONFIG_INVALID", `${place}: ${network} is no address or network`, hint, cause);
  }
}
