import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { MAX_TAG, MOST_TAGS_ON_CHAT, tagsIn } from "../../src/core/tags.ts";
import { chatTagsSchema, type TagPatch } from "../../src/wire/tags.ts";
import { tagsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/chats.ts";
import { WORDS as COMMON } from "../words/common.ts";

const LONGEST = (MAX_TAG + 2) * MOST_TAGS_ON_CHAT;

function changeTags(http: Http, chatId: string, change: TagPatch) {
  return http.send("POST", `/api/chats/${encodeURIComponent(chatId)}/tags`, change, chatTagsSchema);
}

/** For several chats at once: what is added to them, and what is taken away. */
export function TagFields() {
  const known = useKnown();
  return (
    <>
      <TextField
        data-first
        id="tags-add"
        name="add"
        label={WORDS.tagsToAdd}
        maxLength={LONGEST}
        help={WORDS.tagsHelp(known)}
      />
      <TextField id="tags-remove" name="remove" label={WORDS.tagsToTakeAway} maxLength={LONGEST} />
    </>
  );
}

export function changeIn(fields: FormData): TagPatch {
  const words = (name: string): string[] => [...tagsIn(String(fields.get(name) ?? ""))];
  return { add: words("add"), remove: words("remove") };
}

/** The tags of one chat, as a line of words. */
export function EditTags({ chatId, tags, onClose }: { chatId: string; tags: readonly string[]; onClose: () => void }) {
  const { http, queries } = useServices();
  const known = useKnown();
  const [text, setText] = useState(tags.join(", "));
  const save = useMutation({
    mutationFn: (change: TagPatch) => changeTags(http, chatId, change),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ["chats"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const wanted = tagsIn(text);
    // Only what was changed here: another device may have changed others.
    const add = wanted.filter((tag) => !tags.includes(tag));
    const remove = tags.filter((tag) => !wanted.includes(tag));
    if (add.length + remove.length === 0) onClose();
    else save.mutate({ add, remove });
  };
  return (
    <Dialog title={WORDS.tagsTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <TextField
          data-first
          id={`tags-${chatId}`}
          label={WORDS.tagsField}
          value={text}
          maxLength={LONGEST}
          onChange={(event) => setText(event.target.value)}
          help={WORDS.ownTagsHelp(known)}
        />
        <Problem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            {COMMON.cancel}
          </Button>
          <Button kind="primary" type="submit" disabled={save.isPending}>
            {save.isPending ? COMMON.saving : COMMON.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const NAMED = 12;

function useKnown(): string {
  const { http } = useServices();
  const tags = useQuery(tagsQuery(http)).data?.items.map(({ tag }) => tag) ?? [];
  return tags.length > NAMED ? `${tags.slice(0, NAMED).join(", ")}…` : tags.join(", ");
}
