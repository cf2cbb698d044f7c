/** What is done to a parsed page without recursion, however deep it is nested. */

const HIDDEN = /(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)/i;
/** Nothing in them is for readers. */
const SILENT = new Set(
  "SCRIPT STYLE TEMPLATE NOSCRIPT IFRAME OBJECT EMBED SVG CANVAS HEAD DIALOG SELECT BUTTON".split(" "),
);
/** They stand within a line; all others begin one. */
const INLINE = new Set(
  "A ABBR B BDI BDO BIG CITE CODE DATA DEL DFN EM FONT I INS KBD LABEL MARK Q S SAMP SMALL SPAN STRIKE STRONG SUB SUP TIME TT U VAR WBR".split(
    " ",
  ),
);

/** Each node of the tree, a parent before its children; what is in a node for which `enter` says no is passed over. */
export function walk(root: Node, enter: (node: Node, depth: number) => boolean): void {
  let node: Node | null = root;
  let depth = 0;
  while (node !== null) {
    const child: Node | null = enter(node, depth) ? node.firstChild : null;
    if (child !== null) {
      node = child;
      depth++;
      continue;
    }
    while (node !== null && node !== root && node.nextSibling === null) {
      node = node.parentNode;
      depth--;
    }
    node = node === null || node === root ? null : node.nextSibling;
  }
}

export function depthOf(root: Node): number {
  let deepest = 0;
  walk(root, (_, depth) => {
    deepest = Math.max(deepest, depth);
    return true;
  });
  return deepest;
}

const isElement = (node: Node): node is Element => node.nodeType === 1;

/** Not on the page for who looks at it: what would be said to nobody but the model. */
const isHidden = (element: Element): boolean =>
  element.hasAttribute("hidden") || HIDDEN.test(element.getAttribute("style") ?? "");

/** Takes out what is not for readers, and makes every address whole: later it is not known which page they were on. */
export function prepare(document: Document, url: string): void {
  const base = URL.parse(document.querySelector("base[href]")?.getAttribute("href") ?? "", url)?.href ?? url;
  const out: Element[] = [];
  walk(document.documentElement, (node) => {
    if (!isElement(node)) return true;
    if (isHidden(node)) {
      out.push(node);
      return false;
    }
    if (node.tagName === "A") makeWhole(node, "href", base);
    else if (node.tagName === "IMG" && !makeWhole(node, "src", base)) out.push(node);
    return true;
  });
  for (const each of out) each.remove();
}

/** false: it leads nowhere that could be fetched. */
function makeWhole(element: Element, name: string, base: string): boolean {
  const whole = URL.parse(element.getAttribute(name) ?? "", base);
  const leads = whole !== null && /^(https?|mailto):$/.test(whole.protocol);
  if (leads) element.setAttribute(name, whole.href);
  else element.removeAttribute(name);
  return leads;
}

/** The text alone, with lines where the page has them. */
export function plainText(root: Node): string {
  const pieces: string[] = [];
  walk(root, (node) => {
    if (node.nodeType === 3) pieces.push((node.nodeValue ?? "").replace(/\s+/g, " "));
    if (!isElement(node)) return true;
    if (SILENT.has(node.tagName.toUpperCase()) || isHidden(node)) return false;
    if (!INLINE.has(node.tagName)) pieces.push("\n");
    return true;
  });
  return pieces
    .join("")
    .replace(/[ \t]*\n[ \t\n]*/g, "\n")
    .replace(/ {2,}/g, " ")
    .trim();
}
