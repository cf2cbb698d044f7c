import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { loginLinkSchema } from "../../src/wire/api.ts";
import { NAME_RULE, nameSchema, type OpenInvite } from "../../src/wire/people.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { TextField } from "../ui/field.tsx";
import { fullTime } from "../ui/format.ts";
import { Failure, Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/people.ts";
import { RoleChoices } from "./change-account.tsx";
import { accountPath, INVITES, invitesQuery } from "./queries.ts";

/** Invitations that hold still, and a form for another one. */
export function Invites() {
  const { http } = useServices();
  const list = useQuery(invitesQuery(http));
  return (
    <>
      <section aria-labelledby="invites" className="mt-2">
        <h3 id="invites" className="text-sm font-semibold">
          {WORDS.invites}
        </h3>
        {list.data === undefined && list.error !== null && (
          <Failure what={WORDS.invitesFailed} error={list.error} retry={() => void list.refetch()} />
        )}
        {list.data?.items.length === 0 && <p className="mt-1 text-sm text-muted">{WORDS.noInvites}</p>}
        <ul aria-labelledby="invites" className="mt-2 divide-y divide-line border-line not-empty:border-y">
          {list.data?.items.map((invite) => (
            <Row key={invite.id} invite={invite} />
          ))}
        </ul>
      </section>
      <InviteForm />
    </>
  );
}

function Row({ invite }: { invite: OpenInvite }) {
  const { id, name, role, by, expiresAt } = invite;
  const { http, queries } = useServices();
  const withdraw = useMutation({
    mutationFn: () => http.send("DELETE", `/api/invites/${encodeURIComponent(id)}`, undefined, anything),
    onSettled: () => queries.invalidateQueries({ queryKey: INVITES }),
  });
  return (
    <li data-invite={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <div className="mr-auto min-w-0">
        <p className="font-medium [overflow-wrap:anywhere]">{name}</p>
        <p className="text-xs text-muted">
          {WORDS.invitedBy(WORDS.short[role], by)}
          {" · "}
          <time dateTime={expiresAt}>{WORDS.ends(fullTime(expiresAt))}</time>
        </p>
      </div>
      <Button
        kind="quiet"
        className="max-sm:-ml-3"
        aria-label={WORDS.withdrawName(name)}
        disabled={withdraw.isPending}
        onClick={() => withdraw.mutate()}
      >
        {WORDS.withdraw}
      </Button>
      <Problem error={withdraw.error} />
    </li>
  );
}

/** Makes a link, and shows it this once. */
function InviteForm() {
  const { http, queries } = useServices();
  const [name, setName] = useState("");
  const [role, setRole] = useState("member");
  const isWrong = name !== "" && !nameSchema.safeParse(name).success;
  const make = useMutation({
    mutationFn: async (invited: string) => {
      const { url } = await http.send("POST", `${accountPath(invited)}/invite`, { role }, loginLinkSchema);
      return { name: invited, url };
    },
    onSuccess() {
      setName("");
      return queries.invalidateQueries({ queryKey: INVITES });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate(name);
  };
  return (
    <>
      {make.data !== undefined && (
        <output className="block rounded-md border border-line bg-panel p-3 text-sm">
          {WORDS.thisOnce(make.data.name)}
          <span className="mt-2 flex flex-wrap items-center gap-2">
            <code className="font-mono text-xs [overflow-wrap:anywhere]">{make.data.url}</code>
            <CopyButton text={make.data.url} label={WORDS.copy} />
          </span>
        </output>
      )}
      <form aria-label={WORDS.invite} onSubmit={submit} className="flex max-w-md flex-col gap-3">
        <div>
          <h3 className="text-sm font-semibold">{WORDS.invite}</h3>
          <p className="text-sm text-muted">{WORDS.inviteHelp}</p>
        </div>
        <TextField
          id="invite-name"
          label={WORDS.name}
          help={WORDS.nameHelp}
          problem={isWrong ? NAME_RULE : undefined}
          value={name}
          maxLength={32}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={({ target }) => setName(target.value)}
        />
        <RoleChoices id="invite-role" value={role} onChange={setRole} />
        <Problem error={make.error} />
        <Button type="submit" kind="primary" className="self-start" disabled={make.isPending || name === "" || isWrong}>
          {make.isPending ? WORDS.making : WORDS.makeLink}
        </Button>
      </form>
    </>
  );
}
