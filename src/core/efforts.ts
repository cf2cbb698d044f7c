/** How hard a model thinks before it answers, in the words that go to every provider alike. */
export const EFFORTS = ["provider-default", "none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
