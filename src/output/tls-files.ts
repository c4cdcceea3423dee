/** What a connection with TLS needs: read by whoever makes the output. */

/** In PEM; left out, the system's authorities are trusted and no certificate is shown. */
export interface TlsFiles {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  /** The name that the server's certificate must have, where it is not that of the address. */
  servername?: string;
}
