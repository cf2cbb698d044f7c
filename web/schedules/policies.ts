import type { Schedule } from "../../src/wire/schedules.ts";

/** What each policy does, in the words of the form and of a schedule's page. */

export const CATCH_UP: Readonly<Record<Schedule["catchUp"], string>> = {
  latest: "Run the newest of those that were missed",
  skip: "Skip those that were missed, each with a row that says so",
  all: "Run all that were missed, one after the other",
};

export const OVERLAP: Readonly<Record<Schedule["overlap"], string>> = {
  skip: "Skip this time",
  queue: "Run once afterwards; more than one become one",
  cancel: "Cancel the run that goes on, and start anew",
};

export const ON_CRASH: Readonly<Record<Schedule["onCrash"], string>> = {
  retry: "Go on where it was",
  leave: "Leave it as interrupted",
  ask: "Ask a person",
};
