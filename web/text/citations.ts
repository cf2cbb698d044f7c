/** `[m:CHAT.SEQ]` or `[m:NODE]` in an answer names what it rests on: it becomes a link there. Not in code, nor in another link. */

const CITED = /\[m:([0-9a-z]{4,40})(?:\.(\d{1,15}))?\]/;
const APART = new Set(["code", "pre", "a"]);
const MESSAGE = /^\/chats\/([0-9a-z]{4,40})\?at=(\d{1,15})$/;
const NODE = /^\/memory\/nodes\/([0-9a-z]{4,40})$/;

interface Node {
  readonly type: string;
  readonly tagName?: string;
  readonly value?: string;
  readonly properties?: { readonly [name: string]: unknown };
  children?: Node[];
}

/** A plugin over the tree that is shown. */
export function citations() {
  return (tree: Node): void => visit(tree);
}

export type CitedPlace =
  | { readonly kind: "message"; readonly chatId: string; readonly seq: number }
  | { readonly kind: "node"; readonly nodeId: string };

/** Where such a link leads; null: it is another. */
export function citedPlace(href: string): CitedPlace | null {
  const [, chatId, seq] = MESSAGE.exec(href) ?? [];
  if (chatId !== undefined) return { kind: "message", chatId, seq: Number(seq) };
  const [, nodeId] = NODE.exec(href) ?? [];
  return nodeId === undefined ? null : { kind: "node", nodeId };
}

function visit(node: Node): void {
  if (APART.has(node.tagName ?? "") || node.children === undefined) return;
  node.children = node.children.flatMap((child) => (child.type === "text" ? split(child.value ?? "") : [child]));
  node.children.forEach(visit);
}

function split(text: string): Node[] {
  const nodes: Node[] = [];
  let rest = text;
  for (let found = CITED.exec(rest); found !== null; found = CITED.exec(rest)) {
    if (found.index > 0) nodes.push({ type: "text", value: rest.slice(0, found.index) });
    const [whole, id, seq] = found;
    const href = seq === undefined ? `/memory/nodes/${id}` : `/chats/${id}?at=${seq}`;
    const children: Node[] = [{ type: "text", value: "[from memory]" }];
    nodes.push({ type: "element", tagName: "a", properties: { href }, children });
    rest = rest.slice(found.index + whole.length);
  }
  if (rest !== "" || nodes.length === 0) nodes.push({ type: "text", value: rest });
  return nodes;
}
