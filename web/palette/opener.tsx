import { Search } from "lucide-react";
import { Suspense, useEffect, useState } from "react";
import { Boundary } from "../ui/boundary.tsx";
import { useKeys } from "../ui/keys.ts";
import { part } from "../ui/part.ts";
import { WORDS } from "../words/palette.ts";

const Palette = part(async () => (await import("./palette.tsx")).Palette);
const KeysHelp = part(async () => (await import("./keys-help.tsx")).KeysHelp);

const MODIFIER = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

/** Opens the palette by Ctrl or ⌘ K wherever one is, and the list of keys by `?`; what they are made of is loaded then. */
export function PaletteOpener() {
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k")
        return;
      // The browser's own search bar.
      event.preventDefault();
      setOpen((now) => (now === "palette" ? null : "palette"));
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  useKeys({ "?": () => setOpen("keys") });
  const close = (): void => setOpen(null);
  return (
    <>
      <button
        type="button"
        title={WORDS.open(MODIFIER)}
        onClick={() => setOpen("palette")}
        className="tap inline-flex items-center justify-center gap-2 rounded-md p-1.5 text-muted hover:bg-sunken hover:text-ink md:mb-2 wide:w-full wide:justify-start wide:border wide:border-line wide:bg-page wide:px-2 wide:text-sm"
      >
        <Search aria-hidden="true" className="size-4 shrink-0" />
        <span className="max-wide:sr-only">
          {WORDS.search}
          <span className="sr-only">{WORDS.andCommands}</span>
        </span>
        <kbd aria-hidden="true" className="ml-auto hidden text-xs text-muted wide:inline">
          {MODIFIER} K
        </kbd>
      </button>
      {open !== null && (
        // Without a network nothing opens, and the pill says why; what was asked for opens once it is back.
        <Boundary instead={null}>
          <Suspense fallback={null}>
            {open === "palette" ? (
              <Palette onClose={close} onKeys={() => setOpen("keys")} />
            ) : (
              <KeysHelp onClose={close} />
            )}
          </Suspense>
        </Boundary>
      )}
    </>
  );
}
