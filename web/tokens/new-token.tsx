import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { SCOPES, type Scope } from "../../src/core/scopes.ts";
import { madeTokenSchema, type MadeToken } from "../../src/wire/tokens.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/tokens.ts";

const DAY_MS = 86_400_000;
const ENDS = ["30", "90", "365", "never"] as const;
type End = (typeof ENDS)[number];

/** Makes a token, and shows it this once. */
export function NewToken() {
  const { http, queries } = useServices();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [end, setEnd] = useState<End>("90");
  const [made, setMade] = useState<MadeToken | null>(null);
  const make = useMutation({
    mutationFn: () => {
      const expiresAt = end === "never" ? {} : { expiresAt: new Date(Date.now() + Number(end) * DAY_MS).toISOString() };
      return http.send("POST", "/api/tokens", { name: name.trim(), scopes, ...expiresAt }, madeTokenSchema);
    },
    onSuccess(token) {
      setMade(token);
      setName("");
      return queries.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setMade(null);
    make.mutate();
  };
  return (
    <>
      {made !== null && (
        <output className="block rounded-md border border-line bg-panel p-3 text-sm">
          {WORDS.thisOnce(made.name)}
          <span className="mt-2 flex flex-wrap items-center gap-2">
            <code className="font-mono text-xs [overflow-wrap:anywhere]">{made.token}</code>
            <CopyButton text={made.token} label={WORDS.copy} />
          </span>
        </output>
      )}
      <form aria-label={WORDS.new} onSubmit={submit} className="flex max-w-md flex-col gap-4">
        <h3 className="text-sm font-semibold">{WORDS.new}</h3>
        <TextField
          id="token-name"
          label={WORDS.name}
          help={WORDS.nameHelp}
          value={name}
          maxLength={60}
          autoComplete="off"
          onChange={({ target }) => setName(target.value)}
        />
        <fieldset>
          <legend className="text-sm font-medium">{WORDS.scopes}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="tap choice rounded-md px-1 py-0.5 text-sm hover:bg-panel">
              <input
                type="checkbox"
                className="accent-accent"
                checked={scopes.includes(scope)}
                onChange={({ target }) =>
                  setScopes(SCOPES.filter((each) => (each === scope ? target.checked : scopes.includes(each))))
                }
              />
              <span>{WORDS.scope[scope]}</span>
            </label>
          ))}
        </fieldset>
        <div className="flex flex-col gap-1">
          <label htmlFor="token-end" className="text-sm font-medium">
            {WORDS.end}
          </label>
          <select
            id="token-end"
            value={end}
            onChange={({ target }) => setEnd(ENDS.find((each) => each === target.value) ?? "never")}
            className="tap w-full rounded-md border border-line-strong bg-page px-2 py-1.5 text-base md:text-body"
          >
            {ENDS.map((each) => (
              <option key={each} value={each}>
                {WORDS.endIn[each]}
              </option>
            ))}
          </select>
        </div>
        <Problem error={make.error} />
        <Button
          type="submit"
          kind="primary"
          className="self-start"
          disabled={make.isPending || name.trim() === "" || scopes.length === 0}
        >
          {make.isPending ? WORDS.making : WORDS.make}
        </Button>
      </form>
    </>
  );
}
