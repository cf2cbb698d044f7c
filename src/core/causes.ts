const CAUSES: { readonly [code: string]: string } = {
  model_unset: "The model is not set up",
  model_auth: "The model’s provider does not accept the key",
  model_not_found: "The provider does not have this model",
  model_bad_request: "The provider refuses the request",
  model_rate_limited: "The provider takes no more requests for now",
  model_overloaded: "The model’s server is overloaded",
  model_unreachable: "The model’s server cannot be reached",
  model_timeout: "The model did not answer in time",
  model_bad_response: "The model’s answer is not usable",
  model_context_full: "The conversation is too long for the model",
  model_length: "The answer was cut off at the model’s longest output",
  model_ending: "The model ended its answer in an unknown way",
  model_gave_up: "The model could not do it",
  limit: "A limit was reached",
  recoveries: "Sparky crashed again and again during this work",
  refused: "Nobody knows whether a tool’s effect happened",
  internal: "A fault of Sparky itself",
  unavailable: "The database could not be used",
};

/** Why a run has failed or tries again, for people; what exactly happened is in the error's own message. */
export function causeOf(code: string): string {
  return (Object.hasOwn(CAUSES, code) ? CAUSES[code] : undefined) ?? "It could not go on";
}

/** The settings are wrong: trying again changes nothing before somebody has changed them. */
export function isOfSettings(code: string): boolean {
  return ["model_unset", "model_auth", "model_not_found", "model_bad_request"].includes(code);
}
