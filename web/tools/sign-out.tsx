import { exactLine } from "../../src/core/exact.ts";
import { mcpLogoutSchema } from "../../src/wire/mcp.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { serverPath, useChange } from "./queries.ts";
import { WORDS } from "../words/tools.tsx";

/** What the server gave is forgotten, whether it can be told or not; that it could not is said. */
export function SignOut({ name, onDone }: { name: string; onDone: (words: string | null) => void }) {
  const change = useChange<{ readonly revoked: boolean; readonly problem: string | null }>(({ revoked, problem }) =>
    onDone(revoked ? null : WORDS.signedOut(name, problem === null ? WORDS.takesNothingBack : exactLine(problem, 500))),
  );
  return (
    <>
      <Button
        disabled={change.isPending}
        onClick={() => change.mutate({ path: `${serverPath(name)}/logout`, schema: mcpLogoutSchema })}
      >
        {change.isPending ? WORDS.signingOut : WORDS.signOut}
      </Button>
      <Problem error={change.error} />
    </>
  );
}
