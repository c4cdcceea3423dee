/** Certificates for tests, made with openssl: good ones, and those that must be refused. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Paths of one certificate and its key. */
export interface Made {
  certificate: string;
  key: string;
}

export interface Wish {
  /** `/CN=edge1.example.net`. */
  subject: string;
  /** As openssl writes it: `DNS:edge1.example.net,IP:192.0.2.7`, or `DER:30…`. */
  names?: string;
  usage?: "serverAuth" | "clientAuth" | "emailProtection";
  /** `20200101000000Z`; from yesterday on by default, for thirty days. */
  from?: string;
  to?: string;
  /** An authority: it may sign others. */
  authority?: boolean;
  /** Who signs; itself where it is left out. */
  issuer?: Made;
}

const DAY = 86_400_000;

/** A time as openssl takes it. */
export function asn1Time(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
}

/** Makes certificates in a folder. */
export function createAuthority(folder: string): (name: string, wish: Wish) => Made {
  writeFileSync(
    join(folder, "ca.cnf"),
    [
      "[ca]",
      "default_ca = here",
      "[here]",
      `dir = ${folder}`,
      `new_certs_dir = ${folder}`,
      `database = ${join(folder, "index.txt")}`,
      "default_md = sha256",
      "rand_serial = yes",
      "unique_subject = no",
      "policy = any",
      "[any]",
      "commonName = optional",
    ].join("\n"),
  );
  return (name, wish) => {
    const certificate = join(folder, `${name}.pem`);
    const key = join(folder, `${name}.key`);
    const request = join(folder, `${name}.csr`);
    const extensions = join(folder, `${name}.ext`);
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "pipe", "pipe"] });
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl("req", "-new", ...curve, "-keyout", key, "-out", request, "-subj", wish.subject);
    writeFileSync(
      extensions,
      [
        `basicConstraints = critical,CA:${wish.authority === true ? "TRUE" : "FALSE"}`,
        `subjectKeyIdentifier = hash`,
        ...(wish.usage === undefined ? [] : [`extendedKeyUsage = ${wish.usage}`]),
        ...(wish.names === undefined ? [] : [`subjectAltName = ${wish.names}`]),
        "",
      ].join("\n"),
    );
    writeFileSync(join(folder, "index.txt"), "");
    const signer =
      wish.issuer === undefined
        ? ["-selfsign", "-keyfile", key]
        : ["-cert", wish.issuer.certificate, "-keyfile", wish.issuer.key];
    openssl(
      ...["ca", "-batch", "-notext", "-config", join(folder, "ca.cnf"), "-in", request, "-out", certificate],
      ...signer,
      ...[
        "-startdate",
        wish.from ?? asn1Time(Date.now() - DAY),
        "-enddate",
        wish.to ?? asn1Time(Date.now() + 30 * DAY),
      ],
      ...["-extfile", extensions],
    );
    return { certificate, key };
  };
}

/** What Node takes of a certificate. */
export interface Certificate {
  cert: Buffer;
  key: Buffer;
}

/** An authority in a folder that is removed after the tests of the file. */
export function authority(): { ca: Buffer; folder: string; issue(name: string, altNames: string): Certificate } {
  const folder = mkdtempSync(join(tmpdir(), "telltale-certificates-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const make = createAuthority(folder);
  const issuer = make("ca", { subject: "/CN=Test authority", authority: true });
  return {
    ca: readFileSync(issuer.certificate),
    folder,
    issue: (name, names) => pem(make(name, { subject: `/CN=${name}`, names, issuer })),
  };
}

/** What a TLS client or server of Node takes. */
export function pem({ certificate, key }: Made): Certificate {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}
