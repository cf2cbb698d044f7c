import { Image as ImageIcon } from "lucide-react";
import { memo, useState, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import remend from "remend";
import { shorten } from "../../src/core/text.ts";
import { Boundary } from "../ui/boundary.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { count } from "../ui/format.ts";
import { toBlocks } from "./blocks.ts";
import { blocksIn, isParseable } from "./bounds.ts";

const PLUGINS = [remarkGfm];

/** A model's words. Its HTML is shown as text, its links open elsewhere, its images load when a person asks for them. */
export default function Markdown({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  const blocks = toBlocks(text);
  const [portions, setPortions] = useState(1);
  const shown = blocks.slice(0, blocksIn(blocks, portions));
  const left = blocks.slice(shown.length).reduce((sum, block) => sum + block.length, 0);
  return (
    <div className="prose">
      {shown.map((block, index) => (
        // Blocks are only ever added at the end; the last one grows.
        <Block key={index} text={block} isGrowing={isStreaming && index === blocks.length - 1} />
      ))}
      {left > 0 && (
        <Button kind="quiet" onClick={() => setPortions(portions + 1)}>
          Show more · {count(left)} characters left
        </Button>
      )}
    </div>
  );
}

/** One that is more than a page can bear stays as it was written. */
const Block = memo(function Block({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  if (!isParseable(text)) return <Plain text={text} />;
  return (
    <Boundary instead={<Plain text={text} />}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {isGrowing ? remend(text, { linkMode: "text-only" }) : text}
      </ReactMarkdown>
    </Boundary>
  );
});

/** So much of one block is drawn at first: a line of a megabyte takes seconds to lay out. */
const PLAIN_CHARACTERS = 20_000;

function Plain({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      <p className="max-h-96 overflow-auto whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0}>
        {isWhole ? text : shorten(text, PLAIN_CHARACTERS)}
      </p>
      {text.length > PLAIN_CHARACTERS && !isWhole && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          Show all · {count(text.length)} characters
        </Button>
      )}
    </>
  );
}

const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => <RemoteImage src={typeof src === "string" ? src : ""} alt={alt ?? ""} />,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};

/**
 * An image's address may carry what the model read to somebody else: nothing is fetched before a click, and then in a
 * tab of its own, as this page's security policy loads no images from elsewhere.
 */
function RemoteImage({ src, alt }: { src: string; alt: string }) {
  const host = URL.canParse(src) ? new URL(src).host : "";
  if (host === "") return <span className="text-muted">[image: {alt}]</span>;
  return (
    <a href={src} target="_blank" rel="noopener noreferrer nofollow">
      <ImageIcon aria-hidden="true" className="mr-1 inline size-4" />
      {alt === "" ? "Image" : `Image “${alt}”`} at {host}
    </a>
  );
}

function CodeBlock({ children }: { children?: ReactNode }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-sunken">
      <div className="flex justify-end border-b border-line">
        <CopyButton text={textOf(children)} />
      </div>
      <pre tabIndex={0} aria-label="Code" className="overflow-x-auto p-3 font-mono">
        {children}
      </pre>
    </div>
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (node !== null && typeof node === "object" && "props" in node) {
    return textOf((node.props as { children?: ReactNode }).children);
  }
  return "";
}
