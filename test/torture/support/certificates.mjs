/** An authority, a listener's certificate and a router's, made with openssl. */
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function createCertificates(folder) {
  const path = (name) => join(folder, name);
  const openssl = (...args) => execFileSync("openssl", args, { stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
    "-days",
    "2",
    "-subj",
    "/CN=Routers",
  );
  for (const name of ["server", "client"]) {
    const extensions = ["-addext", `subjectAltName=DNS:${name === "server" ? "localhost" : "r1"}`];
    openssl(
      "req",
      ...key,
      "-keyout",
      path(`${name}.key`),
      "-out",
      path(`${name}.csr`),
      "-subj",
      `/CN=${name}`,
      ...extensions,
    );
    const signer = ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial", "-copy_extensions", "copy"];
    openssl("x509", "-req", "-in", path(`${name}.csr`), "-out", path(`${name}.pem`), "-days", "2", ...signer);
    chmodSync(path(`${name}.key`), 0o600);
  }
  return {
    files: { certificate: path("server.pem"), key: path("server.key"), ca: path("ca.pem") },
    ca: readFileSync(path("ca.pem")),
    client: { cert: readFileSync(path("client.pem")), key: readFileSync(path("client.key")) },
  };
}
