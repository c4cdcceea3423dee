/** Whether a syslog server is Telltale itself: it would hear what it tells. */
import { networkInterfaces } from "node:os";

/** `listens`: addresses as the configuration has them, a port or `ADDRESS:PORT`, for the transport of the target. */
export function isOwnAddress(target: URL, listens: readonly string[]): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const own = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
  const isHere = host === "localhost" || /^127\./.test(host) || own.includes(host);
  return isHere && listens.some((address) => /(\d+)$/.exec(address)?.[1] === target.port);
}
