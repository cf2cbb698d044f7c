import { useMutation, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import type { ChatLink } from "../../src/wire/shares.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { fullTime } from "../ui/format.ts";
import { Failure, Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/shares.ts";
import { NewLinkForm } from "./new-link.tsx";
import { linksPath, linksQuery } from "./queries.ts";

/** The links to a chat that hold, for who may share it: made, and revoked with or without those who came by them. */
export function Links({ chatId, at }: { chatId: string; at: number }) {
  const { http } = useServices();
  const links = useQuery(linksQuery(http, chatId, at));
  return (
    <section aria-labelledby="links" className="mt-5 border-t border-line pt-4">
      <h3 id="links" className="text-sm font-semibold">
        {WORDS.byLink}
      </h3>
      <p className="mt-1 text-sm text-muted">{WORDS.linkMeans}</p>
      {links.data === undefined && links.error !== null && (
        <Failure what={WORDS.linksFailed} error={links.error} retry={() => void links.refetch()} />
      )}
      <ul aria-labelledby="links" className="mt-2 divide-y divide-line border-line not-empty:border-y">
        {links.data?.items.map((link) => (
          <Row key={link.id} chatId={chatId} link={link} />
        ))}
      </ul>
      <NewLinkForm chatId={chatId} />
    </section>
  );
}

function Row({ chatId, link }: { chatId: string; link: ChatLink }) {
  const { id, write, by, expiresAt, people } = link;
  const { http, queries } = useServices();
  const [isAsking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: (unshare: boolean) =>
      http.send("DELETE", `${linksPath(chatId)}/${encodeURIComponent(id)}?unshare=${unshare}`, undefined, anything),
    onSettled: () =>
      Promise.all(["chat-links", "shares"].map((of) => queries.invalidateQueries({ queryKey: [of, chatId] }))),
  });
  return (
    <li data-link={id} className="py-1 text-sm">
      <div className="flex min-h-10 items-center gap-2">
        <div className="min-w-0 flex-1">
          <p className="font-medium">{write ? WORDS.rights.write : WORDS.rights.watch}</p>
          <p className="text-xs text-muted [overflow-wrap:anywhere]">
            {WORDS.linkBy(by)}
            {" · "}
            <time dateTime={expiresAt}>{WORDS.ends(fullTime(expiresAt))}</time>
            {people.length > 0 && ` · ${WORDS.came(people)}`}
          </p>
        </div>
        <IconButton
          label={WORDS.revokeLink}
          disabled={revoke.isPending}
          aria-expanded={people.length > 0 ? isAsking : undefined}
          onClick={() => (people.length === 0 ? revoke.mutate(false) : setAsking(!isAsking))}
        >
          <X aria-hidden="true" className="size-4" />
        </IconButton>
      </div>
      {isAsking && people.length > 0 && (
        <div
          role="group"
          aria-label={WORDS.revokeLink}
          className="mt-1 mb-2 rounded-md border border-line bg-panel p-3"
        >
          <p>{WORDS.whatOfThem(people)}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button disabled={revoke.isPending} onClick={() => revoke.mutate(false)}>
              {WORDS.linkAlone}
            </Button>
            <Button kind="danger" disabled={revoke.isPending} onClick={() => revoke.mutate(true)}>
              {WORDS.linkAndShares}
            </Button>
          </div>
        </div>
      )}
      <Problem error={revoke.error} />
    </li>
  );
}
