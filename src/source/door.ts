/** Who may hold a connection: allowed addresses, and limits in all and for each address, over all listeners that share the door. */

/** Why a connection was turned away or cut. */
export type Refusal =
  | "not-allowed"
  | "too-many"
  | "too-many-from-address"
  | "gone"
  | "handshake-too-slow"
  | "handshake-failed"
  | "not-tls"
  | "tls-too-old"
  | "no-certificate"
  | "bad-certificate"
  | "unknown-certificate"
  | "no-first-byte"
  | "message-too-slow"
  | "idle";

export interface DoorOptions {
  /** Whether an address may connect; all may where it is left out. */
  allows?: ((address: string) => boolean) | undefined;
  /** Connections at once (10,000). */
  maxConnections?: number | undefined;
  /** Connections at once from one address (256). */
  maxConnectionsPerAddress?: number | undefined;
}

/** Counts who is in. */
export class Door {
  #allows: (address: string) => boolean = () => true;
  #max = 10_000;
  #maxPerAddress = 256;
  readonly #inside = new Map<string, number>();
  #size = 0;

  constructor(options: DoorOptions) {
    this.limit(options);
  }

  /** Other limits, for whoever comes from now on. */
  limit({ allows, maxConnections, maxConnectionsPerAddress }: DoorOptions): void {
    this.#allows = allows ?? (() => true);
    this.#max = maxConnections ?? 10_000;
    this.#maxPerAddress = maxConnectionsPerAddress ?? 256;
  }

  allows(address: string): boolean {
    return this.#allows(address);
  }

  /** Lets a connection in, or says why not; whoever came in leaves once. */
  enter(address: string): Refusal | null {
    // The peer had hung up before it was accepted.
    if (address === "") return "gone";
    if (!this.#allows(address)) return "not-allowed";
    if (this.#size >= this.#max) return "too-many";
    const same = this.#inside.get(address) ?? 0;
    if (same >= this.#maxPerAddress) return "too-many-from-address";
    this.#inside.set(address, same + 1);
    this.#size++;
    return null;
  }

  leave(address: string): void {
    const left = (this.#inside.get(address) ?? 1) - 1;
    if (left === 0) this.#inside.delete(address);
    else this.#inside.set(address, left);
    this.#size--;
  }
}
