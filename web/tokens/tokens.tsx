import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import type { Token } from "../../src/wire/tokens.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/tokens.ts";
import { NewToken } from "./new-token.tsx";
import { tokensQuery } from "./queries.ts";

/** A person's API tokens: what each may be used for, made and revoked. */
export function Tokens() {
  const { http } = useServices();
  const list = useQuery(tokensQuery(http));
  const now = useNow(60_000);
  const [revoked, setRevoked] = useState<Token | null>(null);
  return (
    <>
      <p className="text-sm text-muted">{WORDS.intro}</p>
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.failed} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && list.data.items.length > 0 && (
        <ul aria-label={WORDS.list} className="divide-y divide-line border-y border-line">
          {list.data.items.map((token) => (
            <Row key={token.id} token={token} now={now} onRevoke={() => setRevoked(token)} />
          ))}
        </ul>
      )}
      <NewToken />
      {revoked !== null && <Revoke token={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}

function Row({ token, now, onRevoke }: { token: Token; now: number; onRevoke: () => void }) {
  const { name, scopes, createdAt, expiresAt, lastUsedAt, isFile } = token;
  return (
    <li data-token={token.id} className="flex items-center gap-3 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
          {isFile ? WORDS.ofFile : name}
        </p>
        <p className="text-xs text-muted">
          {[
            scopes === null ? WORDS.everything : scopes.join(", "),
            WORDS.made(ago(createdAt, now)),
            lastUsedAt === null ? WORDS.unused : WORDS.used(ago(lastUsedAt, now)),
            ...(expiresAt === null ? [] : [WORDS.ends(fullTime(expiresAt))]),
          ].join(" · ")}
        </p>
      </div>
      {!isFile && (
        <Button kind="quiet" aria-label={WORDS.revokeName(name)} onClick={onRevoke}>
          {WORDS.revoke}
        </Button>
      )}
    </li>
  );
}

function Revoke({ token, onClose }: { token: Token; onClose: () => void }) {
  const { http, queries } = useServices();
  const revoke = useMutation({
    mutationFn: () => http.send("DELETE", `/api/tokens/${encodeURIComponent(token.id)}`, undefined, z.unknown()),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ["tokens"] });
      onClose();
    },
  });
  return (
    <Dialog title={WORDS.question(token.name)} onClose={onClose}>
      <p className="mt-2 text-sm">{WORDS.consequence}</p>
      <Problem error={revoke.error} />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button data-first onClick={onClose}>
          {WORDS.keep}
        </Button>
        <Button kind="danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
          {revoke.isPending ? WORDS.revoking : WORDS.yes}
        </Button>
      </div>
    </Dialog>
  );
}
