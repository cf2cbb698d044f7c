import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Passkey, PasskeyRemoved } from "../../src/wire/passkeys.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago } from "../ui/format.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/sign-in.ts";
import { RemovePasskey, RenamePasskey } from "./change-passkey.tsx";
import { NewPasskey } from "./new-passkey.tsx";
import { passkeysQuery } from "./passkey-queries.ts";

export function OwnPasskeys() {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  if (me === undefined || me.role === "agent") return null;
  return (
    <>
      <p className="mt-1 text-sm text-muted">{WORDS.passkeysHelp}</p>
      <Passkeys />
      <NewPasskey />
    </>
  );
}

/** One's own, or, for whoever looks after people, another's. */
export function Passkeys({ user }: { user?: string }) {
  const { http } = useServices();
  const now = useNow(60_000);
  const list = useQuery(passkeysQuery(http, user));
  const [asked, setAsked] = useState<{ readonly what: "rename" | "remove"; readonly passkey: Passkey } | null>(null);
  const [removed, setRemoved] = useState<PasskeyRemoved | null>(null);
  if (list.isPending) return <Loading what={WORDS.passkeysLoading} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.passkeysFailed} error={list.error} retry={() => void list.refetch()} />;
  }
  const { items } = list.data;
  const isLocked = removed !== null && removed.left === 0 && !removed.password && items.length === 0;
  const close = (): void => setAsked(null);
  return (
    <>
      {items.length === 0 && <p className="mt-1 text-sm text-muted">{WORDS.noPasskeys}</p>}
      <ul aria-label={WORDS.passkeysTitle} className="mt-2 divide-y divide-line border-line not-empty:border-y">
        {items.map((passkey) => (
          <li key={passkey.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
            <Described passkey={passkey} now={now} />
            <div className="ml-auto flex gap-2">
              {user === undefined && (
                <Button
                  kind="quiet"
                  aria-label={WORDS.renamePasskey(passkey.name)}
                  onClick={() => setAsked({ what: "rename", passkey })}
                >
                  {WORDS.renameShort}
                </Button>
              )}
              <Button
                kind="quiet"
                aria-label={WORDS.removePasskey(passkey.name)}
                onClick={() => setAsked({ what: "remove", passkey })}
              >
                {WORDS.removeShort}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <p role="status" className={isLocked ? "mt-2 text-sm" : "sr-only"}>
        {isLocked ? WORDS.onlyLink(removed.user) : ""}
      </p>
      {asked?.what === "rename" && <RenamePasskey passkey={asked.passkey} onClose={close} />}
      {asked?.what === "remove" && <RemovePasskey passkey={asked.passkey} onRemoved={setRemoved} onClose={close} />}
    </>
  );
}

function Described({ passkey, now }: { passkey: Passkey; now: number }) {
  const { name, address, createdAt, usedAt } = passkey;
  const used = usedAt === null ? WORDS.passkeyUnused : WORDS.passkeyUsed(ago(usedAt, now));
  const here = location.hostname;
  return (
    <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
      <p dir="auto" className="font-medium">
        {name}
      </p>
      <p className="text-xs text-muted">
        {WORDS.ofPasskey(address, ago(createdAt, now))} · {used}
      </p>
      {address !== here && <p className="text-xs text-muted">{WORDS.passkeyElsewhere(address, here)}</p>}
    </div>
  );
}
