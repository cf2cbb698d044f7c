import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listSchema } from "../../src/wire/api.ts";
import { sessionSchema, type OpenSession } from "../../src/wire/people.ts";
import { useServices } from "../app/services.tsx";
import { anything, type Http } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/sign-in.ts";
import { browserWords } from "./browser-words.ts";

export const SESSIONS = ["sessions"];

const sessionsQuery = (http: Http, user: string | undefined) =>
  queryOptions({
    queryKey: [...SESSIONS, user],
    queryFn: ({ signal }) => {
      const whose = user === undefined ? "" : `?user=${encodeURIComponent(user)}`;
      return http.get(`/api/sessions${whose}`, listSchema(sessionSchema), signal);
    },
  });

/** The browsers that somebody is signed in by: one's own, or, for owners, another's. */
export function Sessions({ user }: { user?: string }) {
  const { http } = useServices();
  const list = useQuery(sessionsQuery(http, user));
  if (list.isPending) return <Loading what={WORDS.loading} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.failed} error={list.error} retry={() => void list.refetch()} />;
  }
  const { items } = list.data;
  return (
    <>
      {items.length === 0 && <p className="mt-1 text-sm text-muted">{WORDS.none}</p>}
      <ul className="mt-2 divide-y divide-line border-line not-empty:border-y">
        {items.map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </ul>
    </>
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
