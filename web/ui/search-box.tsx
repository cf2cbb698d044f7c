import { Search } from "lucide-react";
import { useEffect, useState } from "react";

/** Searches when the typing pauses. */
export function SearchBox({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (words: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), 300);
    return () => clearTimeout(timer);
  });
  return (
    <label className="flex min-w-40 flex-1 items-center gap-2 rounded-md border border-line-strong px-2 sm:max-w-xs">
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
