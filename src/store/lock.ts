/** One engine a database: a lock that dies with its process, however that ends. */

import { openFile } from "./driver.ts";
import { storeFailure } from "./failure.ts";
import { prepareFile } from "./files.ts";

/**
 * Takes the lock `<path>.lock` and returns the function that gives it back; throws STORE_BUSY while another holds it.
 * It is a lock of the operating system (through SQLite), so it is free after a crash or `kill -9`.
 */
export function lockStore(path: string): () => void {
  const file = `${path}.lock`;
  prepareFile(file);
  const db = openFile(file, {});
  try {
    // Nothing is written, so no journal needs to lie beside the lock.
    db.pragma("journal_mode = MEMORY");
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    throw storeFailure(error, path);
  }
  return () => {
    db.close();
  };
}
