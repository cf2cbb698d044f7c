import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "./self-signed.ts";
import { tempHome } from "./temp-home.ts";

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** Puts others in their place. */
  readonly write: (pair: { readonly cert: string; readonly key: string }) => void;
}

/** A certificate and its key in files, in a folder of their own. */
export async function certificateFiles(
  pair: { readonly cert: string; readonly key: string } = selfSigned,
): Promise<CertificateFiles> {
  const folder = await tempHome();
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const write: CertificateFiles["write"] = ({ cert, key }) => {
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key, { mode: 0o600 });
  };
  write(pair);
  return { ...files, write };
}
