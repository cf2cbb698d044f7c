import { useState } from "react";
import { mcpServersSchema } from "../../src/wire/mcp.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextBox } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { useChange } from "./queries.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tools.tsx";

const EXAMPLE = `{ "mcpServers": { "memory": {
  "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] } } }`;

/** What a server's own page shows, pasted as it is. */
export function AddServers({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const add = useChange(onClose);
  return (
    <Dialog title={WORDS.addServers} onClose={onClose}>
      <form
        className="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ path: "/api/mcp/servers", body: { text }, schema: mcpServersSchema });
        }}
      >
        <TextBox
          id="servers"
          data-first
          label={WORDS.paste}
          help={WORDS.pasteHelp}
          placeholder={EXAMPLE}
          rows={10}
          spellCheck={false}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="text-sm text-muted">{WORDS.pasteMeans}</p>
        <Problem error={add.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{COMMON.cancel}</Button>
          <Button kind="primary" type="submit" disabled={add.isPending || text.trim() === ""}>
            {add.isPending ? WORDS.adding : WORDS.addToFile}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
