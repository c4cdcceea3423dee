/** Which addresses an output may connect to: a name is resolved, checked, and connected to as it was checked. */
import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { TelltaleError } from "../error.ts";
import { OutputError } from "./output.ts";

/** Places where no receiver of alerts is, but the metadata of a cloud machine, the machine itself, or everybody. */
const NEVER = [
  "0.0.0.0/8",
  "169.254.0.0/16",
  "100.100.100.200",
  "192.0.0.192",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::",
  "fe80::/10",
  "fd00:ec2::254",
  "ff00::/8",
  // The same IPv4 addresses by way of a translator: NAT64 and 6to4.
  "64:ff9b::a9fe:0/112",
  "2002:a9fe::/32",
];

/** Says whether an address may be connected to. */
export interface Reachable {
  /** Throws OUTPUT_FAILED for an address that may not. */
  check(address: string): void;
  /** Resolves a name for `net.connect`, and gives it only addresses that may; at most one question is under way, so
   * that a name server that does not answer holds nobody else up. */
  lookup: LookupFunction;
}

/** `networks`: the only ones that may be connected to; empty: any but link-local, metadata, multicast and the like.
 * Throws CONFIG_INVALID. */
export function reachable(networks: readonly string[], place: string): Reachable {
  const only = networks.length === 0 ? null : listOf(networks, place);
  const may = (address: string) => {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    return only === null ? !never.check(address, family) : only.check(address, family);
  };
  const check = (address: string) => {
    if (may(address)) return;
    const hint = `List its network under ${place} if it is meant.`;
    throw new OutputError(`${address} may not be connected to`, hint);
  };
  const asked = new Map<string, Promise<{ address: string; family: number }[]>>();
  const resolve = (name: string) => {
    let answer = asked.get(name);
    if (answer === undefined) {
      answer = new Promise((done, fail) => {
        systemLookup(name, { all: true, verbatim: true }, (error, found) => {
          asked.delete(name);
          if (error === null) done(found);
          else fail(error);
        });
      });
      asked.set(name, answer);
    }
    return answer;
  };
  return {
    check,
    lookup(name, options, callback) {
      resolve(name).then(
        (all) => {
          const found = all.filter(({ address }) => may(address));
          try {
            if (found.length === 0) check(all[0]!.address);
          } catch (error) {
            return callback(error as NodeJS.ErrnoException, "");
          }
          if (options.all === true) callback(null, found);
          else callback(null, found[0]!.address, found[0]!.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, ""),
      );
    },
  };
}

function listOf(networks: readonly string[], place: string): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    try {
      if (isIP(address) === 0) throw new Error("no address");
      if (prefix === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(prefix), family);
    } catch (cause) {
      const hint = "Write an address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/32.";
      throw new TelltaleError("CONFIG_INVALID", `${place}: ${network} is no address or network`, hint, cause);
    }
  }
  return list;
}

const never = listOf(NEVER, "never");
