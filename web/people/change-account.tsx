import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { manages, ROLES } from "../../src/core/rights.ts";
import { accountSchema, type Account } from "../../src/wire/people.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Choices } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/people.ts";
import { accountPath, INVITES, PEOPLE } from "./queries.ts";

type Change = { readonly role: string } | { readonly disabled: boolean };

/** Invitations of whoever may not invite any more are gone with it. */
export function useChangeAccount(name: string, onDone?: () => void) {
  const { http, queries } = useServices();
  return useMutation({
    mutationFn: (change: Change) => http.send("PATCH", accountPath(name), change, accountSchema),
    async onSuccess() {
      await Promise.all([PEOPLE, INVITES].map((queryKey) => queries.invalidateQueries({ queryKey })));
      onDone?.();
    },
  });
}

export function RoleDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [role, setRole] = useState<string>(account.role);
  const change = useChangeAccount(account.name, onClose);
  return (
    <Dialog title={WORDS.roleOf(account.name)} onClose={onClose}>
      <div className="mt-3">
        <RoleChoices id="role" value={role} onChange={setRole} />
      </div>
      <Problem error={change.error} />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{WORDS.cancel}</Button>
        <Button
          kind="primary"
          disabled={change.isPending || role === account.role}
          onClick={() => change.mutate({ role })}
        >
          {change.isPending ? WORDS.saving : WORDS.save}
        </Button>
      </div>
    </Dialog>
  );
}

/** Those that one may give. */
export function RoleChoices(props: { id: string; value: string; onChange: (role: string) => void }) {
  const { http } = useServices();
  const me = useQuery(meQuery(http)).data;
  const given = ROLES.filter((role) => role !== "agent").filter((role) => me !== undefined && manages(me.role, role));
  const words = Object.fromEntries(given.map((role) => [role, WORDS.roles[role]]));
  return <Choices {...props} label={WORDS.theirRole} words={words} />;
}

export function DisableDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const change = useChangeAccount(name, onClose);
  return (
    <Dialog title={WORDS.disableQuestion(name)} onClose={onClose}>
      <p className="mt-2 text-sm">{WORDS.disableMeans}</p>
      <Problem error={change.error} />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button data-first onClick={onClose}>
          {WORDS.cancel}
        </Button>
        <Button kind="danger" disabled={change.isPending} onClick={() => change.mutate({ disabled: true })}>
          {change.isPending ? WORDS.saving : WORDS.disableYes}
        </Button>
      </div>
    </Dialog>
  );
}
