import { useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { TextBox } from "../ui/field.tsx";
import { Empty, Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { useAddFact } from "./change-fact.ts";
import { FactList } from "./fact-list.tsx";
import { MemoryPage } from "./memory-page.tsx";

/** What is known about the person who looks. */
export function MeScreen() {
  return (
    <MemoryPage title={WORDS.aboutMe}>
      <p className="mt-2 max-w-3xl text-sm text-muted">{WORDS.aboutMeMeans}</p>
      <AddFact />
      <FactList
        label={WORDS.aboutMe}
        filter={{ about: "me" }}
        withSubject={false}
        empty={
          <Empty isSmall title={WORDS.nothingAboutMe} command='sparky chat send "Remember that I prefer tea"'>
            {WORDS.tellIt}
          </Empty>
        }
      />
    </MemoryPage>
  );
}

function AddFact() {
  const [text, setText] = useState("");
  const add = useAddFact();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate({ subject: "me", text: text.trim(), kind: "profile", pinned: false }, { onSuccess: () => setText("") });
  };
  return (
    <form onSubmit={submit} className="mt-3 flex max-w-3xl flex-col gap-2">
      <TextBox
        id="new-fact"
        label={WORDS.whatAboutYou}
        rows={2}
        value={text}
        placeholder={WORDS.example}
        onChange={({ target }) => setText(target.value)}
      />
      <Problem error={add.error} />
      <div>
        <Button type="submit" disabled={add.isPending || text.trim() === ""}>
          {add.isPending ? WORDS.adding : WORDS.rememberIt}
        </Button>
      </div>
    </form>
  );
}
