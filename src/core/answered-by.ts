/** By which credential something was answered: `session`, `passkey` (a session that one has begun), `token:NAME`, `token file`; `message` where a person just wrote. */
export const MESSAGE = "message";

/** "ada in the browser": who answered, and where; null when nobody did. A way that only a newer Sparky knows is left out. */
export function byWhom(by: string | null | undefined, via: string | null | undefined): string | null {
  return by === null || by === undefined ? null : `${by}${viaWords(via)}`;
}

function viaWords(via: string | null | undefined): string {
  if (via === "session") return " in the browser";
  if (via === "passkey") return " in the browser, signed in by a passkey";
  if (via === "token file") return " on the command line";
  if (via === MESSAGE) return " with a message";
  return via?.startsWith("token:") ? ` with the token ${via.slice("token:".length)}` : "";
}
