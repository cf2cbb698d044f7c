/** The home, a workspace, that of unattended work, `~/.agents` of the server's account, Sparky itself. */
export const SKILL_PLACES = ["home", "workspace", "agent", "personal", "shipped"] as const;
