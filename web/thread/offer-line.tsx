import type { Prompt, Resource, Thing } from "../../src/wire/offers.ts";
import { Exact } from "../text/exact.tsx";
import { WORDS } from "../words/thread.ts";

/** One of what is offered while a message is written. */

export type Offer =
  | { readonly kind: "person"; readonly key: string; readonly name: string }
  | { readonly kind: "thing"; readonly key: string; readonly thing: Thing }
  | { readonly kind: "resource"; readonly key: string; readonly resource: Resource }
  | { readonly kind: "prompt"; readonly key: string; readonly prompt: Prompt }
  | { readonly kind: "command"; readonly key: string };

export function OfferLine({ offer }: { offer: Offer }) {
  if (offer.kind === "person") {
    return (
      <>
        <span className="font-medium">@{offer.name}</span>{" "}
        <span className="text-xs text-muted">{WORDS.offers.person}</span>
      </>
    );
  }
  if (offer.kind === "command") {
    return (
      <>
        <span className="font-medium">{offer.key}</span>{" "}
        <span className="text-xs text-muted">{WORDS.offers.shipped}</span>
        <span className="block truncate text-xs text-muted">{WORDS.offers.compact}</span>
      </>
    );
  }
  if (offer.kind === "thing") {
    const { kind, title, state } = offer.thing;
    return (
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 truncate font-medium">
          <Exact text={title} />
        </span>
        <span className="shrink-0 text-xs text-muted">
          <Exact text={WORDS.offers.thing(kind, state)} />
        </span>
      </span>
    );
  }
  const [name, server, about] =
    offer.kind === "resource"
      ? [offer.resource.name, offer.resource.server, offer.resource.uri]
      : [
          `/${offer.prompt.name}`,
          offer.prompt.server ?? (offer.prompt.shipped ? WORDS.offers.shipped : WORDS.offers.yours),
          [offer.prompt.args.map((arg) => arg.name).join(", "), offer.prompt.description]
            .filter((words) => words !== "")
            .join(" · "),
        ];
  return (
    <>
      <span className="font-medium">
        <Exact text={name} />
      </span>{" "}
      <span className="text-xs text-muted">
        <Exact text={server} />
      </span>
      <span className="block truncate text-xs text-muted">
        <Exact text={about} />
      </span>
    </>
  );
}
