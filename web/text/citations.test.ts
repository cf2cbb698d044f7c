import { expect, test } from "vitest";
import { citations, citedPlace } from "./citations.ts";

const CHAT = "0123456789abcdefghjk";
const text = (value: string) => ({ type: "text", value });
const element = (tagName: string, ...children: object[]) => ({ type: "element", tagName, children });

function shown(...children: object[]): object {
  const tree = { type: "root", children } as Parameters<ReturnType<typeof citations>>[0];
  citations()(tree);
  return tree;
}

const link = (href: string) => ({
  ...{ type: "element", tagName: "a", properties: { href } },
  children: [text("[from memory]")],
});

test("a message that is cited is linked to, in its place between the words", () => {
  const message = link(`/chats/${CHAT}?at=12`);
  expect(shown(element("p", text(`On Friday [m:${CHAT}.12], at nine[m:${CHAT}.12]`)))).toEqual({
    type: "root",
    children: [element("p", text("On Friday "), message, text(", at nine"), message)],
  });
});

test("a node that is cited is linked to", () => {
  expect(shown(element("p", text(`Alice [m:${CHAT}]`)))).toEqual({
    type: "root",
    children: [element("p", text("Alice "), link(`/memory/nodes/${CHAT}`))],
  });
});

test.each([
  ["code", element("code", text(`[m:${CHAT}.12]`))],
  ["another link", element("a", text(`[m:${CHAT}.12]`))],
  ["what is no id", element("p", text("[m:../../x.1] [m:abc] m:abcd.1"))],
])("%s stays as it is", (_, node) => expect(shown(node)).toEqual({ type: "root", children: [node] }));

test("only links to a place in a chat and to a node lead there", () => {
  expect(citedPlace(`/chats/${CHAT}?at=12`)).toEqual({ kind: "message", chatId: CHAT, seq: 12 });
  expect(citedPlace(`/memory/nodes/${CHAT}`)).toEqual({ kind: "node", nodeId: CHAT });
  const others = ["https://example.org/chats/abcd?at=1", "/chats/../x?at=1", "/chats/abcd", "/memory/nodes/../x"];
  expect(others.map(citedPlace)).toEqual(others.map(() => null));
});
