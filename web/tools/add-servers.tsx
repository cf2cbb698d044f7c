import { useState } from "react";
import { mcpServersSchema } from "../../src/wire/mcp.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextBox } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { useChange } from "./queries.ts";

const EXAMPLE = `{ "mcpServers": { "memory": {
  "command": "npx", "args": ["-y", "@modelcontextprotocol/server-memory"] } } }`;

/** What a server's own page shows, pasted as it is. */
export function AddServers({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const add = useChange(onClose);
  return (
    <Dialog title="Add servers" onClose={onClose}>
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
          label="Paste what the server’s own page shows"
          help="In the form of Claude, Cursor, VS Code or OpenClaw, or YAML as Hermes has it. It is started when its tools are looked at."
          placeholder={EXAMPLE}
          rows={10}
          spellCheck={false}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <p className="text-sm text-muted">
          A server is a program of somebody else that runs with your rights. Write secrets as{" "}
          <code className="font-mono">{"${NAME}"}</code>, not as they are.
        </p>
        <Problem error={add.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={add.isPending || text.trim() === ""}>
            {add.isPending ? "Adding…" : "Add to mcp.json"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
