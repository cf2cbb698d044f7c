import { useState } from "react";
import { mcpResultSchema } from "../../src/wire/mcp.ts";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { TextBox } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { serverPath, useChange } from "./queries.ts";

/** One call of a server's tool by hand, at once and outside of any run. */
export function TryTool({ server, tool }: { server: string; tool: string }) {
  const [text, setText] = useState("{}");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const call = useChange();
  const result = mcpResultSchema.safeParse(call.data).data;
  const send = (): void => {
    try {
      const args: unknown = JSON.parse(text);
      setProblem(undefined);
      call.mutate({ path: `${serverPath(server)}/call`, body: { tool, args }, schema: mcpResultSchema });
    } catch {
      setProblem("This is not JSON.");
    }
  };
  return (
    <details className="mt-2">
      <summary className="cursor-pointer py-2 text-muted">Try it</summary>
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
            label="Arguments, as JSON"
            help="It is called at once, without being asked about."
            problem={problem}
            rows={3}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Button type="submit" disabled={call.isPending}>
          {call.isPending ? "Calling…" : "Call it now"}
        </Button>
        <Problem error={call.error} />
      </form>
      {result !== undefined && (
        <JsonView
          label={result.ok ? "Result" : "It failed"}
          note={`${result.durationMs} ms`}
          value={result.error ?? result.result}
        />
      )}
    </details>
  );
}
