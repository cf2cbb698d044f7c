import { Search } from "lucide-react";
import { useEffect, useState } from "react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (words: string) => void;
  /** It is what the page is for. */
  readonly isWide?: boolean;
}

/** Searches when the typing pauses, and goes on being typed into; another value, as from the way back, takes its place. */
export function SearchBox({ label, value, onChange, isWide = false }: Props) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState({ value, sent: value });
  if (value !== known.value) {
    setKnown({ value, sent: value });
    if (value !== known.sent) setText(value);
  }
  useEffect(() => {
    const words = text.trim();
    if (words === known.sent) return;
    const timer = setTimeout(() => {
      setKnown((before) => ({ ...before, sent: words }));
      onChange(words);
    }, 300);
    return () => clearTimeout(timer);
  });
  return (
    <label
      className={`flex min-w-40 flex-1 items-center gap-2 rounded-md border border-line-strong px-2 outline-accent focus-within:outline-2 ${isWide ? "py-1 sm:max-w-3xl" : "sm:max-w-xs"}`}
    >
      <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
      <span className="sr-only">{label}</span>
      <input
        type="search"
        value={text}
        placeholder={label}
        onChange={(event) => setText(event.target.value)}
        // It searches as one types; the form around it, if there is one, is not sent by that.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        className="tap min-w-0 flex-1 bg-transparent py-1 text-sm outline-none placeholder:text-muted"
      />
    </label>
  );
}
