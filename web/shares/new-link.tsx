import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { madeChatLinkSchema } from "../../src/wire/shares.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/shares.ts";
import { linksPath } from "./queries.ts";
import { RightChoice, SELECT } from "./right-choice.tsx";

const DAY_MS = 86_400_000;
const DAYS = ["1", "7", "30", "365"] as const;
type Days = (typeof DAYS)[number];

/** Makes a link, and shows it this once. */
export function NewLinkForm({ chatId }: { chatId: string }) {
  const { http, queries } = useServices();
  const [write, setWrite] = useState(false);
  const [days, setDays] = useState<Days>("7");
  const make = useMutation({
    mutationFn: () => {
      const expiresAt = new Date(Date.now() + http.aheadMs() + Number(days) * DAY_MS).toISOString();
      return http.send("POST", linksPath(chatId), { write, expiresAt }, madeChatLinkSchema);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["chat-links", chatId] }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <>
      <form aria-label={WORDS.newLink} onSubmit={submit} className="mt-3 flex flex-wrap items-center gap-2">
        <RightChoice label={WORDS.linkRight} write={write} disabled={make.isPending} onChange={setWrite} />
        <select
          aria-label={WORDS.linkEnd}
          value={days}
          disabled={make.isPending}
          onChange={({ target }) => setDays(DAYS.find((each) => each === target.value) ?? "7")}
          className={SELECT}
        >
          {DAYS.map((each) => (
            <option key={each} value={each}>
              {WORDS.endIn[each]}
            </option>
          ))}
        </select>
        <Button type="submit" disabled={make.isPending}>
          {make.isPending ? WORDS.making : WORDS.makeLink}
        </Button>
        <Problem error={make.error} />
      </form>
      {make.data !== undefined && (
        <output className="mt-3 block rounded-md border border-line bg-panel p-3 text-sm">
          {WORDS.thisOnce}
          <span className="mt-2 flex flex-wrap items-center gap-2">
            <code className="font-mono text-xs [overflow-wrap:anywhere]">{make.data.url}</code>
            <CopyButton text={make.data.url} label={WORDS.copyLink} />
          </span>
        </output>
      )}
    </>
  );
}
