/** What of a setting's value may be shown. Pure. */

/** What ends in `_TLS_KEY` names a file. */
const SECRET_NAME = /(?<!_TLS)_(KEY|TOKEN|PASSWORD|SECRET)$/;
const HIDDEN = "***";

/** The setting holds nothing but a secret: a key, a token. */
export function isSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The value without what is secret in it: all of a key, the password of an address. */
export function masked(name: string, value: string): string {
  if (isSecret(name)) return HIDDEN;
  return (
    value
      // As far as the last @: a password may hold one, and a / too.
      .replace(/(\/\/[^:/@\s]*):.*@/s, `$1:${HIDDEN}@`)
      .replace(/^(https?:\/\/)[^/:@]+@/i, `$1${HIDDEN}@`)
      .replace(/([?&][^=&#]*(?:key|token|pass|secret)[^=&#]*=)[^&#]*/gi, `$1${HIDDEN}`)
  );
}

/** Something in the value must not be seen, be it in a list of processes or in a shell's history. */
export function holdsSecret(name: string, value: string): boolean {
  return masked(name, value) !== value;
}
