import { useState } from "react";
import { badJson } from "../../src/core/bad-json.ts";
import { mcpResultSchema } from "../../src/wire/mcp.ts";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { TextBox } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { serverPath, useChange } from "./queries.ts";
import { WORDS } from "../words/tools.tsx";

/** One call of a server's tool by hand, at once and outside of any run. */
export function TryTool({ server, tool }: { server: string; tool: string }) {
  const [text, setText] = useState("{}");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const call = useChange();
  const result = mcpResultSchema.safeParse(call.data).data;
  const send = (): void => {
    const bad = badJson(text);
    setProblem(bad === null ? undefined : WORDS.notJson(bad));
    if (bad !== null) return;
    const args: unknown = JSON.parse(text);
    call.mutate({ path: `${serverPath(server)}/call`, body: { tool, args }, schema: mcpResultSchema });
  };
  return (
    <details className="mt-2">
      <summary className="cursor-pointer py-2 text-muted">{WORDS.tryIt}</summary>
      <form
        className="flex flex-col items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="w-full">
          <TextBox
            id={`try ${server} ${tool}`}
            label={WORDS.argumentsAsJson}
            help={WORDS.tryHelp}
            problem={problem}
            rows={3}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Button type="submit" disabled={call.isPending}>
          {call.isPending ? WORDS.calling : WORDS.callIt}
        </Button>
        <Problem error={call.error} />
      </form>
      {result !== undefined && (
        <JsonView
          label={result.ok ? WORDS.result : WORDS.itFailed}
          note={WORDS.milliseconds(result.durationMs)}
          value={result.error ?? result.result}
        />
      )}
    </details>
  );
}
