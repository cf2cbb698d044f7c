import "katex/dist/katex.min.css";
import rehypeKatex from "rehype-katex";
import remarkMath from "remark-math";
import type { Options } from "react-markdown";

/** What it takes to set formulas: fetched with the first one. A formula that cannot be set stays as it was written. */
export const MATHS = {
  remark: [[remarkMath, { singleDollarTextMath: false }]],
  // Bounds for what a model writes: macros that expand without end, boxes as wide as the moon, links.
  rehype: [[rehypeKatex, { strict: false, trust: false, maxExpand: 200, maxSize: 20, errorColor: "currentColor" }]],
} satisfies { readonly remark: Options["remarkPlugins"]; readonly rehype: Options["rehypePlugins"] };
