import { Certificate, datesProblem, day } from "../certificate.ts";
import { messageOf, isSparkyError } from "../core/errors.ts";
import { doorOf } from "../door.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

/** A certificate that ends sooner should have been renewed by now. */
const SOON_MS = 14 * 86_400_000;

/** How far the server may be reached, and the certificate that it shows. */
export async function* checkDoor({ config }: Patient): AsyncGenerator<Diagnosis> {
  if (config === null) return;
  if (config.tls !== null) yield certificateOf(config.tls);
  try {
    const door = await doorOf(config);
    if (door === "open") {
      const what = `other machines can reach ${config.host}, and whoever shares the network may read along`;
      yield warn(
        "door",
        what,
        "give it a certificate, or a proxy: docs/guide/operate.md; then: sparky config unset SPARKY_INSECURE_LAN",
      );
    } else if (door !== "loopback")
      yield ok("door", `other machines can reach ${config.host}, by ${door === "tls" ? "TLS" : "a proxy"}`);
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    yield fail(
      "door",
      error.message,
      "sparky chat start tells the three ways; or stay on this machine: sparky config unset SPARKY_HOST",
    );
  }
}

function certificateOf(files: ConstructorParameters<typeof Certificate>[0]): Diagnosis {
  try {
    const { pair } = new Certificate(files);
    const problem = datesProblem(pair, Date.now());
    const renew = "renew it: a server that runs takes it up by itself";
    if (problem !== null) return warn("certificate", `browsers warn of it: ${problem}`, renew);
    const until = `${files.cert} fits its key, and ends on ${day(pair.validTo)}`;
    return pair.validTo - Date.now() < SOON_MS ? warn("certificate", until, renew) : ok("certificate", until);
  } catch (error) {
    return fail(
      "certificate",
      messageOf(error),
      (isSparkyError(error) ? error.hint : undefined) ?? "sparky config list",
    );
  }
}
