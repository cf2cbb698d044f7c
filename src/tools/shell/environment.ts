type Environment = { readonly [name: string]: string };

/**
 * All that a command sees. Its home is its workspace. Git takes no folder for a repository that does not say so: files
 * that lie about like one would name programs to run.
 */
export function environmentOf(environment: Environment, workspace: string, idempotencyKey: string): Environment {
  return {
    ...environment,
    HOME: workspace,
    SPARKY_IDEMPOTENCY_KEY: idempotencyKey,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.bareRepository",
    GIT_CONFIG_VALUE_0: "explicit",
  };
}
