import { Image as ImageIcon } from "lucide-react";
import { memo, useEffect, useId, useMemo, useState, type MouseEvent, type ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import ReactMarkdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import { shorten } from "../../src/core/text.ts";
import { Boundary } from "../ui/boundary.tsx";
import { Button } from "../ui/button.tsx";
import { count } from "../ui/format.ts";
import { untilFetched } from "../ui/part.ts";
import { toBlocks } from "./blocks.ts";
import { blocksIn, isParseable } from "./bounds.ts";
import { citations, citedPlace } from "./citations.ts";
import { CodeBlock } from "./code.tsx";
import { mended } from "./growing.ts";
import { blocksWithMaths, withMaths } from "./maths-marks.ts";
import { WORDS } from "../words/text.ts";

type Maths = typeof import("./maths.ts").MATHS;

/** A model's words. Its HTML is shown as text, its links open elsewhere, its images load when a person asks for them. */
export default function Markdown({ text, isOpenEnded }: { text: string; isOpenEnded: boolean }) {
  const blocks = toBlocks(text);
  const [portions, setPortions] = useState(1);
  const shown = blocks.slice(0, blocksIn(blocks, portions));
  const withFormulas = blocksWithMaths(shown);
  const left = blocks.slice(shown.length).reduce((sum, block) => sum + block.length, 0);
  return (
    <div className="prose">
      {shown.map((block, index) => (
        // Blocks are only ever added at the end; the last one grows.
        <Block
          key={index}
          text={block}
          isOpenEnded={isOpenEnded && index === blocks.length - 1}
          hasFormulas={index < withFormulas}
        />
      ))}
      {left > 0 && (
        <Button kind="quiet" onClick={() => setPortions(portions + 1)}>
          {WORDS.charactersLeft(count(left))}
        </Button>
      )}
    </div>
  );
}

interface BlockProps {
  readonly text: string;
  readonly isOpenEnded: boolean;
  readonly hasFormulas: boolean;
}

/** One that is more than a page can bear stays as it was written. */
const Block = memo(function Block({ text, isOpenEnded, hasFormulas }: BlockProps) {
  const id = useId();
  const told = isOpenEnded ? mended(text) : text;
  const formulas = useMemo(() => (hasFormulas ? withMaths(told) : null), [told, hasFormulas]);
  const maths = useMaths(formulas !== null);
  if (!isParseable(text)) return <Plain text={text} />;
  const isSet = formulas !== null && maths !== null;
  return (
    <Boundary instead={<Plain text={text} />}>
      <ReactMarkdown
        remarkPlugins={isSet ? [remarkGfm, ...maths.remark] : REMARK}
        rehypePlugins={isSet ? [...REHYPE, ...maths.rehype] : REHYPE}
        // Two answers on one page have notes of the same number.
        remarkRehypeOptions={{ clobberPrefix: `note${id}` }}
        components={COMPONENTS}
      >
        {isSet ? formulas : told}
      </ReactMarkdown>
    </Boundary>
  );
});

function useMaths(isWanted: boolean): Maths | null {
  const [maths, setMaths] = useState<Maths | null>(null);
  useEffect(() => {
    if (!isWanted || maths !== null) return;
    let isLeft = false;
    // Until what sets formulas has come they stay as they were written.
    void untilFetched(() => import("./maths.ts")).then(({ MATHS }) => isLeft || setMaths(MATHS));
    return () => void (isLeft = true);
  }, [isWanted, maths]);
  return maths;
}

/** So much of one block is drawn at first: a line of a megabyte takes seconds to lay out. */
const PLAIN_CHARACTERS = 20_000;

function Plain({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      <p dir="auto" className="max-h-96 overflow-auto whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0}>
        {isWhole ? text : shorten(text, PLAIN_CHARACTERS)}
      </p>
      {text.length > PLAIN_CHARACTERS && !isWhole && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          {WORDS.showAllCharacters(count(text.length))}
        </Button>
      )}
    </>
  );
}

interface Element {
  readonly type: string;
  readonly tagName?: string;
  properties?: { [name: string]: unknown };
  readonly children?: readonly Element[];
}

const WITH_WORDS = new Set(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote"]);

/** Each piece of text runs as its own words do. */
function directions() {
  const visit = (node: Element): void => {
    if (WITH_WORDS.has(node.tagName ?? "")) node.properties = { ...node.properties, dir: "auto" };
    node.children?.forEach(visit);
  };
  return visit;
}

const REMARK: Options["remarkPlugins"] = [remarkGfm];
const REHYPE = [directions, citations];

const COMPONENTS: Components = {
  a: ({ href, children, id }) => (
    <Anchor {...(href !== undefined && { href })} {...(id !== undefined && { id })}>
      {children}
    </Anchor>
  ),
  img: ({ src, alt }) => <RemoteImage src={typeof src === "string" ? src : ""} alt={alt ?? ""} />,
  pre: ({ children }) => <CodeBlock code={textOf(children).replace(/\n$/, "")} name={nameOf(children)} />,
  input: ({ checked }) => (
    <input
      type="checkbox"
      checked={checked === true}
      disabled
      aria-label={checked === true ? WORDS.done : WORDS.toDo}
    />
  ),
  table: ({ children }) => (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={WORDS.table}>
      <table>{children}</table>
    </div>
  ),
};

/** To another page in a tab of its own; to what is cited in this one; to a note within this answer; an address that may not be followed is plain text. */
function Anchor({ href = "", id, children }: { href?: string; id?: string; children?: ReactNode }) {
  if (href === "") return children;
  const place = citedPlace(href);
  if (place?.kind === "message") {
    return (
      <Link to="/chats/$chatId" params={{ chatId: place.chatId }} search={{ at: place.seq }}>
        {children}
      </Link>
    );
  }
  if (place?.kind === "node") {
    return (
      <Link to="/memory/nodes/$nodeId" params={{ nodeId: place.nodeId }}>
        {children}
      </Link>
    );
  }
  if (!href.startsWith("#")) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    );
  }
  const go = (event: MouseEvent): void => {
    event.preventDefault();
    const target = document.getElementById(decodeURIComponent(href.slice(1)));
    target?.scrollIntoView({ block: "center" });
    target?.setAttribute("tabindex", "-1");
    target?.focus({ preventScroll: true });
  };
  return (
    <a href={href} id={id} onClick={go}>
      {children}
    </a>
  );
}

/**
 * An image's address may carry what the model read to somebody else: nothing is fetched before a click, and then in a
 * tab of its own, as this page's security policy loads no images from elsewhere.
 */
function RemoteImage({ src, alt }: { src: string; alt: string }) {
  const host = URL.canParse(src) ? new URL(src).host : "";
  if (host === "") return <span className="text-muted">{WORDS.imageWithoutHost(alt)}</span>;
  return (
    <a href={src} target="_blank" rel="noopener noreferrer nofollow">
      <ImageIcon aria-hidden="true" className="mr-1 inline size-4" />
      {WORDS.image(alt, host)}
    </a>
  );
}

/** The language of the code in a `pre`. */
function nameOf(node: ReactNode): string {
  if (node === null || typeof node !== "object" || !("props" in node)) return "";
  const { className } = node.props as { className?: string };
  return /(?:^|\s)language-(\S+)/.exec(className ?? "")?.[1] ?? "";
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (node !== null && typeof node === "object" && "props" in node) {
    return textOf((node.props as { children?: ReactNode }).children);
  }
  return "";
}
