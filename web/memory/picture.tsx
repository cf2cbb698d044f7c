import { MultiDirectedGraph } from "graphology";
import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import type { Neighbourhood } from "../../src/wire/graph-mending.ts";
import { useLook } from "../app/theme.ts";
import { IconButton } from "../ui/button.tsx";
import { oneLine } from "../ui/format.ts";
import { WORDS } from "../words/memory.tsx";
import { linksOf, placesOf, stepsFrom } from "./neighbourhood.ts";

interface Props {
  readonly centre: string;
  readonly around: Neighbourhood;
  readonly picked: string | null;
  readonly onPick: (id: string | null) => void;
}

/** Names of links are written only where there is room for them. */
const FEW_EDGES = 40;
const LONGEST_NAME = 40;
/** Those next to the middle have their names whatever stands beside them, unless they are more. */
const MOST_NAMED = 8;

/** The neighbourhood drawn. It is for eyes and pointers alone: the table beside it holds the same. */
export default function Picture({ centre, around, picked, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Sigma | null>(null);
  const look = useLook();
  const [canDraw] = useState(canDrawHere);
  const pick = useEffectEvent(onPick);

  useEffect(() => {
    const element = box.current;
    if (element === null || !canDraw) return;
    const sigma = new Sigma(graphOf(centre, around), element, settingsOf(around));
    drawn.current = sigma;
    sigma.on("clickNode", ({ node }) => pick(node));
    sigma.on("clickStage", () => pick(null));
    element.setAttribute("data-drawn", String(around.nodes.length));
    return () => {
      drawn.current = null;
      sigma.kill();
      element.removeAttribute("data-drawn");
    };
    // Another look has other colours: it is drawn anew.
  }, [centre, around, canDraw, look]);

  useEffect(() => {
    const graph = drawn.current?.getGraph();
    if (graph === undefined || picked === null || !graph.hasNode(picked)) return;
    graph.setNodeAttribute(picked, "highlighted", true);
    return () => {
      if (graph.hasNode(picked)) graph.removeNodeAttribute(picked, "highlighted");
    };
  }, [picked, centre, around, look]);

  useEffect(() => {
    const element = box.current;
    // With Ctrl, as a pinch is told too, the wheel goes nearer; without it the page is scrolled.
    const pass = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    };
    element?.parentElement?.addEventListener("wheel", pass, { capture: true });
    return () => element?.parentElement?.removeEventListener("wheel", pass, { capture: true });
  }, []);

  if (!canDraw) {
    return <p className="py-2 text-sm text-muted">{WORDS.cannotDraw}</p>;
  }
  const camera = () => drawn.current?.getCamera();
  const duration = moveMs();
  return (
    <div className="relative mt-1 overflow-hidden rounded-lg border border-line bg-panel">
      <div ref={box} aria-hidden="true" data-picture className="h-[26rem] w-full max-md:h-80" />
      <div className="absolute right-2 bottom-2 flex gap-1 rounded-md border border-line bg-page">
        <IconButton label={WORDS.nearer} onClick={() => void camera()?.animatedZoom({ duration })}>
          <ZoomIn aria-hidden="true" className="size-4" />
        </IconButton>
        <IconButton label={WORDS.farther} onClick={() => void camera()?.animatedUnzoom({ duration })}>
          <ZoomOut aria-hidden="true" className="size-4" />
        </IconButton>
        <IconButton label={WORDS.allOfIt} onClick={() => void camera()?.animatedReset({ duration })}>
          <Maximize aria-hidden="true" className="size-4" />
        </IconButton>
      </div>
    </div>
  );
}

function canDrawHere(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

/** Where less motion is asked for, it is there at once. */
const moveMs = (): number => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 200);

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function graphOf(centre: string, around: Neighbourhood): MultiDirectedGraph {
  const graph = new MultiDirectedGraph();
  const places = placesOf(centre, around);
  const links = linksOf(around);
  const steps = stepsFrom(centre, around);
  const near = around.nodes.filter(({ id }) => steps.get(id) === 1);
  const named = new Set(near.length <= MOST_NAMED ? near.map(({ id }) => id) : []);
  const [accent, muted, line] = [colour("--accent"), colour("--muted"), colour("--line-strong")];
  for (const { id, name, edges } of around.nodes) {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    const isMore = edges > (links.get(id) ?? 0);
    const label = `${oneLine(name, LONGEST_NAME)}${isMore ? " +" : ""}`;
    const size = id === centre ? 12 : Math.min(10, 4 + Math.sqrt(edges));
    const color = id === centre ? accent : muted;
    graph.addNode(id, { x, y, size, label, color, forceLabel: id === centre || named.has(id) });
  }
  for (const { id, type, source, target } of around.edges) {
    graph.addDirectedEdgeWithKey(id, source, target, { label: oneLine(type, LONGEST_NAME), color: line, size: 1.5 });
  }
  return graph;
}

function settingsOf({ edges }: Neighbourhood): Partial<Settings> {
  const [ink, muted, paper, line] = [colour("--ink"), colour("--muted"), colour("--page"), colour("--line-strong")];
  const font = getComputedStyle(document.body).fontFamily;
  return {
    defaultEdgeType: "arrow",
    ...{
      labelFont: font,
      labelSize: 13,
      labelColor: { color: ink },
      labelDensity: 0.7,
      labelGridCellSize: 150,
      labelRenderedSizeThreshold: 4,
    },
    ...{ edgeLabelFont: font, edgeLabelSize: 11, edgeLabelColor: { color: muted } },
    renderEdgeLabels: edges.length <= FEW_EDGES,
    stagePadding: 40,
    zoomDuration: moveMs(),
    // The box has no size while the page is being left.
    allowInvalidContainer: true,
    defaultDrawNodeHover(context, { x, y, size, label }) {
      if (typeof label !== "string") return;
      context.font = `500 13px ${font}`;
      const width = context.measureText(label).width + size + 16;
      context.beginPath();
      context.roundRect(x - size - 4, y - 13, width + size, 26, 6);
      context.fillStyle = paper;
      context.fill();
      context.strokeStyle = line;
      context.stroke();
      context.fillStyle = ink;
      context.fillText(label, x + size + 3, y + 4.5);
    },
  };
}
