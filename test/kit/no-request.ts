import type { SentRequest } from "../../src/store/runs/requests.ts";

/** For steps that a test writes, which no model was asked for. */
export const NO_REQUEST: SentRequest = { instructions: "", tools: "[]", budget: 1000, takesImages: false, digest: "" };
