/** What a person's account may be; the agent is none. */
export const ROLES = ["owner", "admin", "member", "viewer"] as const;
