import { mcpLoginSchema } from "../../src/wire/mcp.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { serverPath, useChange } from "./queries.ts";
import { WORDS } from "../words/tools.tsx";

/** Leads to the server's own page, and back to this one; null: there is no need to. */
export function SignIn({ name, onDone }: { name: string; onDone: (words: string) => void }) {
  const change = useChange<{ readonly page: string | null }>(({ page }) => {
    if (page === null) onDone(WORDS.noNeedToSignIn(name));
    else location.assign(page);
  });
  return (
    <>
      <Button
        disabled={change.isPending}
        onClick={() => change.mutate({ path: `${serverPath(name)}/login`, schema: mcpLoginSchema })}
      >
        {change.isPending ? WORDS.askingWhere : WORDS.signIn}
      </Button>
      <Problem error={change.error} />
    </>
  );
}
