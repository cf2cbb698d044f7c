import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PASSWORD_RULE, passwordSchema, passwordSetSchema } from "../../src/wire/people.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/sign-in.ts";
import { OwnPasskeys } from "./passkeys.tsx";
import { SESSIONS, Sessions } from "./sessions.tsx";

/** How one signs in, and where one is signed in. */
export function SignIn() {
  return (
    <>
      <Password />
      <div>
        <h3 className="text-sm font-semibold">{WORDS.passkeysTitle}</h3>
        <OwnPasskeys />
      </div>
      <div>
        <h3 className="text-sm font-semibold">{WORDS.sessionsTitle}</h3>
        <Sessions />
      </div>
    </>
  );
}

const NONE = { present: "", wanted: "", again: "" };

/** The passwords are in this form only, until they are sent. */
function Password() {
  const { http, queries } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const [typed, setTyped] = useState(NONE);
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  if (me === undefined || me.role === "agent") return null;
  const { present, wanted, again } = typed;
  const isWrong = wanted !== "" && !passwordSchema.safeParse(wanted).success;
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const body = { password: wanted, ...(present !== "" && { current: present }) };
      await http.send("POST", `/api/users/${encodeURIComponent(me.name)}/password`, body, passwordSetSchema);
      setTyped(NONE);
      setDone(true);
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
    setBusy(false);
    await queries.invalidateQueries({ queryKey: SESSIONS });
  };
  const field = (name: keyof typeof NONE) => ({
    id: `password-${name}`,
    label: WORDS[name],
    type: "password",
    value: typed[name],
    maxLength: 200,
    onChange: (event: { readonly target: { readonly value: string } }) => {
      setTyped({ ...typed, [name]: event.target.value });
      setDone(false);
    },
  });
  return (
    <form
      aria-label={WORDS.passwordTitle}
      className="flex max-w-sm flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h3 className="text-sm font-semibold">{WORDS.passwordTitle}</h3>
      <p className="text-sm text-muted">{WORDS.passwordHelp}</p>
      {/* For whatever keeps passwords: whose this one is. */}
      <input type="text" autoComplete="username" value={me.name} readOnly hidden />
      <TextField {...field("present")} help={WORDS.presentHelp} autoComplete="current-password" />
      <TextField
        {...field("wanted")}
        problem={isWrong ? PASSWORD_RULE : undefined}
        autoComplete="new-password"
        required
      />
      <TextField
        {...field("again")}
        problem={again !== "" && again !== wanted ? WORDS.notSame : undefined}
        autoComplete="new-password"
        required
      />
      <Problem error={error} />
      <p role="status" className={isDone ? "text-sm text-good" : "sr-only"}>
        {isDone ? WORDS.wasSet : ""}
      </p>
      <Button
        kind="primary"
        type="submit"
        className="self-start"
        disabled={isBusy || wanted === "" || isWrong || again !== wanted}
      >
        {isBusy ? WORDS.setting : WORDS.set}
      </Button>
    </form>
  );
}
