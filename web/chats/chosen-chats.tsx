import { Archive, ArchiveRestore, MailOpen, Tag, Trash2 } from "lucide-react";
import type { Chat } from "../../src/wire/api.ts";
import { bulkDoneSchema, type ChatsBulk } from "../../src/wire/bulk.ts";
import { useServices } from "../app/services.tsx";
import { goneIsDone } from "../ui/bulk.ts";
import { Several } from "../ui/several.tsx";
import type { Deed } from "../ui/several-words.tsx";
import { UNDO_MS } from "./deleted-chat.tsx";
import { changeIn, TagFields } from "./tag-fields.tsx";
import { WORDS } from "../words/chats.ts";

const idsOf = (chats: readonly Chat[]): string[] => chats.map(({ id }) => id);

/** What is done with all chosen chats at once. */
export function ChosenChats({
  chats,
  isArchive,
  onChoose,
}: {
  chats: readonly Chat[];
  /** They are shown from the archive. */
  isArchive: boolean;
  onChoose: (ids: readonly string[]) => void;
}) {
  const { http, queries } = useServices();
  const send = (body: ChatsBulk) => http.send("POST", "/api/chats/bulk", body, bulkDoneSchema);
  const canWrite = ({ canWrite: may }: Chat): boolean => may;
  const archive: Deed<Chat> = isArchive
    ? {
        ...{ ...WORDS.unarchiveSeveral, icon: ArchiveRestore, may: canWrite },
        run: (some) => send({ do: "unarchive", ids: idsOf(some) }),
      }
    : {
        ...{ ...WORDS.archiveSeveral, icon: Archive, may: canWrite },
        run: (some) => send({ do: "archive", ids: idsOf(some) }),
      };
  const deeds: readonly Deed<Chat>[] = [
    archive,
    {
      ...{ ...WORDS.tagSeveral, icon: Tag, may: () => true },
      fields: <TagFields />,
      run: (some, fields) => send({ do: "tag", ids: idsOf(some), ...changeIn(fields) }),
    },
    {
      ...{ ...WORDS.readSeveral, icon: MailOpen },
      may: ({ head, seen }) => head > seen,
      run: (some) => send({ do: "seen", items: some.map(({ id, head }) => ({ id, seq: head })) }),
    },
    {
      ...{ ...WORDS.deleteSeveral, icon: Trash2, isDanger: true, may: canWrite },
      run: async (some) => goneIsDone(await send({ do: "delete", ids: idsOf(some) })),
      undo: { run: (some) => send({ do: "restore", ids: idsOf(some) }), withinMs: UNDO_MS },
    },
  ];
  return (
    <Several
      {...{ ...WORDS.counted, items: chats, deeds, onChoose }}
      idOf={({ id }) => id}
      nameOf={({ title }) => title}
      onDone={() => {
        for (const key of ["chats", "tasks", "approvals", "questions", "away", "status"]) {
          void queries.invalidateQueries({ queryKey: [key] });
        }
      }}
    />
  );
}
