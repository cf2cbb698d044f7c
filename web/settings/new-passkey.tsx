import { useState } from "react";
import { addOptionsSchema, MOST_OF_PASSKEY_NAME, passkeySchema } from "../../src/wire/passkeys.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/sign-in.ts";
import { PASSKEYS } from "./passkey-queries.ts";

const NONE = { name: "", current: "" };

/** Asks the browser for a passkey: the password is in this form only, until it is sent. */
export function NewPasskey() {
  const { http, queries } = useServices();
  const [typed, setTyped] = useState(NONE);
  const [state, setState] = useState<"" | "busy" | "done">("");
  const [error, setError] = useState<Error | null>(null);
  const why = whyNot();
  if (why !== null) return <NotHere {...why} />;
  const add = async (): Promise<void> => {
    setState("busy");
    setError(null);
    try {
      await addPasskey(http, typed);
      setTyped(NONE);
      setState("done");
    } catch (failure) {
      setState("");
      setError(isOfBrowser(failure) ? new Error(WORDS.passkeyStopped) : asError(failure));
    }
    await queries.invalidateQueries({ queryKey: PASSKEYS });
  };
  const field = (name: keyof typeof NONE) => ({
    id: `passkey-${name}`,
    value: typed[name],
    onChange: (event: { readonly target: { readonly value: string } }) => {
      setTyped({ ...typed, [name]: event.target.value });
      setState("");
    },
  });
  return (
    <form
      aria-label={WORDS.addPasskey}
      className="mt-3 flex max-w-sm flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextField
        {...field("name")}
        label={WORDS.passkeyName}
        help={WORDS.passkeyExample}
        maxLength={MOST_OF_PASSKEY_NAME}
        autoComplete="off"
        required
      />
      <TextField
        {...field("current")}
        label={WORDS.passkeyPassword}
        help={WORDS.passkeyProof}
        type="password"
        maxLength={200}
        autoComplete="current-password"
      />
      <Problem error={error} />
      <p role="status" className={state === "done" ? "text-sm text-good" : "sr-only"}>
        {state === "done" ? WORDS.passkeyAdded : ""}
      </p>
      <Button type="submit" className="self-start" disabled={state === "busy" || typed.name.trim() === ""}>
        {state === "busy" ? WORDS.addingPasskey : WORDS.addPasskey}
      </Button>
    </form>
  );
}

function NotHere({ words, link }: { words: string; link?: string }) {
  return (
    <p className="mt-2 text-sm text-muted">
      {words}
      {link !== undefined && (
        <>
          {" "}
          {WORDS.passkeysLocal}{" "}
          <a href={link} className="text-accent underline">
            {link}
          </a>
        </>
      )}
    </p>
  );
}

async function addPasskey(http: Http, { name, current }: typeof NONE): Promise<void> {
  const body = current === "" ? {} : { current };
  const asked = await http.send("POST", "/api/passkeys/begin", body, addOptionsSchema);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked);
  const made = await navigator.credentials.create({ publicKey });
  if (!(made instanceof PublicKeyCredential)) throw new Error(WORDS.passkeyStopped);
  await http.send("POST", "/api/passkeys", { name, response: made.toJSON() }, passkeySchema);
}

/** Why none can be added at this address, or by this browser. */
function whyNot(): { readonly words: string; readonly link?: string } | null {
  const { protocol, hostname, origin, port } = location;
  const isNumber = /^[\d.]+$|^\[/.test(hostname);
  if (isNumber && /^127\.|^\[::1\]/.test(hostname)) {
    return {
      words: WORDS.passkeysNumber(hostname),
      link: `${protocol}//localhost${port === "" ? "" : `:${port}`}/settings/sign-in`,
    };
  }
  if (!isSecureContext) return { words: WORDS.passkeysUnsafe(origin) };
  if (isNumber) return { words: WORDS.passkeysNumber(hostname) };
  const canAdd = typeof globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === "function";
  return canAdd ? null : { words: WORDS.passkeysUnknown };
}

const isOfBrowser = (failure: unknown): boolean =>
  failure instanceof DOMException && ["NotAllowedError", "InvalidStateError", "AbortError"].includes(failure.name);

const asError = (failure: unknown): Error => (failure instanceof Error ? failure : new Error(String(failure)));
