import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listSchema } from "../../src/wire/api.ts";
import { PASSWORD_RULE, passwordSchema, passwordSetSchema, sessionSchema } from "../../src/wire/people.ts";
import type { OpenSession } from "../../src/wire/people.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { anything, type Http } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/sign-in.ts";
import { browserWords } from "./browser-words.ts";

const SESSIONS = ["sessions"];

const sessionsQuery = (http: Http) =>
  queryOptions({
    queryKey: SESSIONS,
    queryFn: ({ signal }) => http.get("/api/sessions", listSchema(sessionSchema), signal),
  });

/** How one signs in, and where one is signed in. */
export function SignIn() {
  return (
    <>
      <Password />
      <Sessions />
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

function Sessions() {
  const { http } = useServices();
  const list = useQuery(sessionsQuery(http));
  if (list.isPending) return <Loading what={WORDS.loading} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.failed} error={list.error} retry={() => void list.refetch()} />;
  }
  const { items } = list.data;
  return (
    <div>
      <h3 className="text-sm font-semibold">{WORDS.sessionsTitle}</h3>
      {items.length === 0 && <p className="mt-1 text-sm text-muted">{WORDS.none}</p>}
      <ul className="mt-2 divide-y divide-line border-line not-empty:border-y">
        {items.map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </ul>
    </div>
  );
}

/** One's own browser is signed out by the button of the profile. */
function Session({ session }: { session: OpenSession }) {
  const { http, queries } = useServices();
  const now = useNow(30_000);
  const [error, setError] = useState<Error | null>(null);
  const { id, browser, createdAt, expiresAt, current } = session;
  const words = browser === null ? WORDS.unknown : browserWords(browser);
  const end = async (): Promise<void> => {
    try {
      await http.send("DELETE", `/api/sessions/${encodeURIComponent(id)}`, undefined, anything);
    } catch (problem) {
      setError(problem instanceof Error ? problem : new Error(String(problem)));
    }
    await queries.invalidateQueries({ queryKey: SESSIONS });
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <span className="min-w-0 font-medium [overflow-wrap:anywhere]" title={browser ?? undefined}>
        {words}
      </span>
      <time dateTime={createdAt} title={fullTime(createdAt)} className="text-xs text-muted">
        {WORDS.since(ago(createdAt, now))}
      </time>
      <time dateTime={expiresAt} className="text-xs text-muted">
        {WORDS.ends(fullTime(expiresAt))}
      </time>
      {current ? (
        <span className="ml-auto text-xs text-muted">{WORDS.here}</span>
      ) : (
        <Button className="ml-auto px-2 py-1" aria-label={WORDS.signOut(words)} onClick={() => void end()}>
          {WORDS.signOutShort}
        </Button>
      )}
      <Problem error={error} />
    </li>
  );
}
