import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { manages } from "../../src/core/rights.ts";
import type { User } from "../../src/wire/api.ts";
import type { Account } from "../../src/wire/people.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Passkeys } from "../settings/passkeys.tsx";
import { Sessions } from "../settings/sessions.tsx";
import { useMayHere } from "../tools/queries.ts";
import { Button } from "../ui/button.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/people.ts";
import { DisableDialog, RoleDialog, useChangeAccount } from "./change-account.tsx";
import { Invites } from "./invites.tsx";
import { LimitsDialog } from "./limits.tsx";
import { peopleQuery } from "./queries.ts";

/** Everybody who has an account, for whoever looks after some of them: their roles, browsers, who is shut out, and who is invited. */
export function People() {
  return useMayHere("people.see") ? <Accounts /> : <p className="text-sm">{WORDS.areOwners}</p>;
}

function Accounts() {
  const { http } = useServices();
  const list = useQuery(peopleQuery(http));
  const me = useQuery(meQuery(http)).data;
  return (
    <>
      <p className="text-sm text-muted">{WORDS.intro}</p>
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.failed} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && (
        <ul aria-label={WORDS.list} className="divide-y divide-line border-y border-line">
          {list.data.items.map((account) => (
            <Row key={account.id} account={account} me={me} />
          ))}
        </ul>
      )}
      <Invites />
    </>
  );
}

type Open = "role" | "limits" | "disable" | "browsers" | null;

/** Oneself, and the agent, are changed by nobody here: so nobody locks themselves out by a click. */
function Row({ account, me }: { account: Account; me: User | undefined }) {
  const { name, role, disabled, createdAt } = account;
  const now = useNow(60_000);
  const [open, setOpen] = useState<Open>(null);
  const enable = useChangeAccount(name);
  const isMe = account.id === me?.id;
  const isMine = me !== undefined && manages(me.role, role);
  const isFixed = isMe || role === "agent" || !isMine;
  const close = (): void => setOpen(null);
  return (
    <li data-account={name} className="py-2 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="mr-auto min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 font-medium">
            <span className="[overflow-wrap:anywhere]">{name}</span>
            {isMe && <span className="text-xs font-normal text-muted">{WORDS.you}</span>}
            {disabled && <span className="rounded-full bg-sunken px-2 text-xs font-normal">{WORDS.disabled}</span>}
          </p>
          <p className="text-xs text-muted">
            {WORDS.short[role]}
            {" · "}
            <time dateTime={createdAt} title={fullTime(createdAt)}>
              {WORDS.added(ago(createdAt, now))}
            </time>
          </p>
        </div>
        <div className="flex flex-wrap max-sm:-ml-3 max-sm:basis-full">
          {role !== "agent" && isMine && (
            <Button kind="quiet" aria-label={WORDS.limitsOf(name)} onClick={() => setOpen("limits")}>
              {WORDS.limits}
            </Button>
          )}
          {!isFixed && (
            <>
              <Button kind="quiet" aria-label={WORDS.roleOf(name)} onClick={() => setOpen("role")}>
                {WORDS.role}
              </Button>
              <Button
                kind="quiet"
                aria-label={WORDS.browsersOf(name)}
                aria-expanded={open === "browsers"}
                onClick={() => setOpen(open === "browsers" ? null : "browsers")}
              >
                {WORDS.browsers}
              </Button>
              {disabled ? (
                <Button
                  kind="quiet"
                  aria-label={WORDS.enableName(name)}
                  disabled={enable.isPending}
                  onClick={() => enable.mutate({ disabled: false })}
                >
                  {WORDS.enable}
                </Button>
              ) : (
                <Button kind="quiet" aria-label={WORDS.disableName(name)} onClick={() => setOpen("disable")}>
                  {WORDS.disable}
                </Button>
              )}
            </>
          )}
        </div>
      </div>
      <Problem error={enable.error} />
      {open === "browsers" && (
        <div className="mt-1 pl-3">
          <Sessions user={name} />
          <h4 className="mt-2 text-sm font-medium">{WORDS.passkeys}</h4>
          <Passkeys user={name} />
        </div>
      )}
      {open === "role" && <RoleDialog account={account} onClose={close} />}
      {open === "limits" && <LimitsDialog name={name} onClose={close} />}
      {open === "disable" && <DisableDialog name={name} onClose={close} />}
    </li>
  );
}
