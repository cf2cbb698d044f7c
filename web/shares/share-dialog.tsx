import { useMutation, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { shareSchema, type NewShare, type Share, type Shares } from "../../src/wire/shares.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/shares.ts";
import { Links } from "./links.tsx";
import { NewShareForm } from "./new-share.tsx";
import { sharesQuery } from "./queries.ts";
import { RightChoice } from "./right-choice.tsx";

/** Who sees a chat. For who may share it: with whom, to watch or to write, and how that is taken away. */
export function ShareDialog({ chatId, at, onClose }: { chatId: string; at: number; onClose: () => void }) {
  const { http } = useServices();
  const shares = useQuery(sharesQuery(http, chatId, at));
  return (
    <Dialog title={shares.data?.mayShare ? WORDS.titleMine : WORDS.title} onClose={onClose}>
      {shares.isPending && <Loading what={WORDS.loading} />}
      {shares.data === undefined && shares.error !== null && (
        <Failure what={WORDS.notLoaded} error={shares.error} retry={() => void shares.refetch()} />
      )}
      {shares.data !== undefined && <List chatId={chatId} shares={shares.data} />}
      {shares.data?.mayShare && <Links chatId={chatId} at={at} />}
    </Dialog>
  );
}

function List({ chatId, shares }: { chatId: string; shares: Shares }) {
  const { http, queries } = useServices();
  const path = `/api/chats/${encodeURIComponent(chatId)}/shares`;
  const onSettled = () => queries.invalidateQueries({ queryKey: ["shares", chatId] });
  const share = useMutation({
    mutationFn: (wanted: NewShare) => http.send("POST", path, wanted, shareSchema),
    onSettled,
  });
  const takeAway = useMutation({
    mutationFn: (user: string) => http.send("DELETE", `${path}/${encodeURIComponent(user)}`, undefined, anything),
    onSettled,
  });
  const isBusy = share.isPending || takeAway.isPending;
  return (
    <>
      {shares.mayShare && <p className="mt-2 text-sm text-muted">{WORDS.means}</p>}
      <ul aria-label={WORDS.list} className="mt-3 divide-y divide-line border-y border-line">
        <li className="flex min-h-10 items-center gap-2 py-1 text-sm">
          <span className="min-w-0 flex-1 truncate font-medium">{shares.owner}</span>
          <span className="text-muted">{shares.owner === AGENT ? WORDS.agents : WORDS.owner}</span>
        </li>
        {shares.items.map((item) => (
          <Row
            key={item.user}
            share={item}
            mayChange={shares.mayShare}
            isBusy={isBusy}
            onChange={(write) => share.mutate({ user: item.user, write })}
            onTakeAway={() => takeAway.mutate(item.user)}
          />
        ))}
      </ul>
      <Problem error={takeAway.error} />
      {shares.mayShare && (
        <NewShareForm
          taken={[shares.owner, ...shares.items.map(({ user }) => user)]}
          isBusy={isBusy}
          isSharing={share.isPending}
          error={share.error}
          onShare={(wanted, done) => share.mutate(wanted, { onSuccess: done })}
        />
      )}
    </>
  );
}

/** The name of the account that owns work of its own. */
const AGENT = "agent";

interface RowProps {
  readonly share: Share;
  readonly mayChange: boolean;
  readonly isBusy: boolean;
  readonly onChange: (write: boolean) => void;
  readonly onTakeAway: () => void;
}

function Row({ share: { user, write }, mayChange, isBusy, onChange, onTakeAway }: RowProps) {
  return (
    <li data-share={user} className="flex min-h-10 items-center gap-2 py-1 text-sm">
      <span className="min-w-0 flex-1 truncate font-medium">{user}</span>
      {mayChange ? (
        <>
          <RightChoice label={WORDS.whatMay(user)} write={write} disabled={isBusy} onChange={onChange} />
          <IconButton label={WORDS.takeAway(user)} disabled={isBusy} onClick={onTakeAway}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </>
      ) : (
        <span className="text-muted">{write ? WORDS.rights.write : WORDS.rights.watch}</span>
      )}
    </li>
  );
}
