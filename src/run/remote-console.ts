/** The console as an output of another thread: an entry is out when the thread that owns the terminal says so. */
import { closedError, type Delivery, type Output } from "../output/output.ts";

/** `print` hands an entry over; `printed` is to be called when it is out. */
export function remoteConsole(print: (entry: Delivery) => void): { output: Output; printed(): void } {
  let waiting: { resolve: () => void; reject: (error: Error) => void } | null = null;
  let closed = false;
  return {
    output: {
      name: "console",
      deliver(entry) {
        if (closed) return Promise.reject(closedError("console"));
        return new Promise((resolve, reject) => {
          waiting = { resolve, reject };
          print(entry);
        });
      },
      async close() {
        closed = true;
        waiting?.reject(closedError("console"));
      },
    },
    printed() {
      waiting?.resolve();
      waiting = null;
    },
  };
}
