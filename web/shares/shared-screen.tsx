import { useMutation } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { takenLinkSchema } from "../../src/wire/shares.ts";
import { useOnlyLooks } from "../app/only-looks.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Problem } from "../ui/notice.tsx";
import { Screen } from "../ui/screen.tsx";
import { WORDS } from "../words/shares.ts";

/** Where a link to a chat leads. Looking at it takes nothing up, and tells nothing of the chat: only the button does. */
export function SharedScreen() {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const token = useLocation({ select: ({ hash }) => hash });
  const onlyLooks = useOnlyLooks();
  const take = useMutation({
    mutationFn: () => http.send("POST", "/api/shared", { token }, takenLinkSchema),
    onSuccess: async ({ chatId }) => {
      void queries.invalidateQueries({ queryKey: ["chats"] });
      // Going back leads to where one was before, and not to the link again.
      await navigate({ to: "/chats/$chatId", params: { chatId }, replace: true });
    },
  });
  return (
    <Screen title={WORDS.windowTitle} isNarrow>
      {token === "" ? (
        <Empty isPage title={WORDS.noToken}>
          {WORDS.copyAgain}
        </Empty>
      ) : (
        <Empty isPage title={WORDS.sharedByLink}>
          <p>{onlyLooks ? WORDS.takingWatches : WORDS.takingMeans}</p>
          <div className="mt-4 flex flex-col items-center gap-3">
            <Button kind="primary" disabled={take.isPending} onClick={() => take.mutate()}>
              {take.isPending ? WORDS.taking : WORDS.take}
            </Button>
            <Problem error={take.error} />
          </div>
        </Empty>
      )}
    </Screen>
  );
}
