import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import {
  MOST_OF_PASSKEY_NAME,
  passkeyRemovedSchema,
  passkeySchema,
  type Passkey,
  type PasskeyRemoved,
} from "../../src/wire/passkeys.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/sign-in.ts";
import { PASSKEYS } from "./passkey-queries.ts";
import { SESSIONS } from "./sessions.tsx";

const pathOf = ({ id }: Passkey): string => `/api/passkeys/${encodeURIComponent(id)}`;

export function RenamePasskey({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { http, queries } = useServices();
  const [name, setName] = useState(passkey.name);
  const rename = useMutation({
    mutationFn: () => http.send("PATCH", pathOf(passkey), { name }, passkeySchema),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: PASSKEYS });
      onClose();
    },
  });
  return (
    <Dialog title={WORDS.renamePasskey(passkey.name)} onClose={onClose}>
      <form
        className="mt-3"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <TextField
          id="passkey-renamed"
          label={WORDS.passkeyName}
          value={name}
          maxLength={MOST_OF_PASSKEY_NAME}
          onChange={(event) => setName(event.target.value)}
          data-first
          required
        />
        <Problem error={rename.error} />
        <div className="mt-4 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{WORDS.keep}</Button>
          <Button kind="primary" type="submit" disabled={rename.isPending || name.trim() === ""}>
            {WORDS.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function RemovePasskey(props: {
  passkey: Passkey;
  onRemoved: (removed: PasskeyRemoved) => void;
  onClose: () => void;
}) {
  const { passkey, onRemoved, onClose } = props;
  const { http, queries } = useServices();
  const remove = useMutation({
    mutationFn: () => http.send("DELETE", pathOf(passkey), undefined, passkeyRemovedSchema),
    async onSuccess(removed) {
      onRemoved(removed);
      await Promise.all([PASSKEYS, SESSIONS].map((queryKey) => queries.invalidateQueries({ queryKey })));
      onClose();
    },
  });
  return (
    <Dialog title={WORDS.removeQuestion(passkey.name)} onClose={onClose}>
      <p className="mt-2 text-sm">{WORDS.removeMeans}</p>
      <Problem error={remove.error} />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button data-first onClick={onClose}>
          {WORDS.keep}
        </Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          {remove.isPending ? WORDS.removing : WORDS.removeYes}
        </Button>
      </div>
    </Dialog>
  );
}
