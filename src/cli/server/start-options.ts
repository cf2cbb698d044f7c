import type { ServerFlags } from "../deps.ts";

export type StartOptions = {
  host?: string;
  port?: string;
  /** True: without a value. */
  behindProxy?: string | true;
  insecureLan?: true;
  daemon?: true;
  pidfile?: string;
  agentLoop?: boolean;
  open?: true;
  envFile?: string;
};

export function flagsOf(options: StartOptions): ServerFlags {
  return {
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.behindProxy === undefined ? {} : { behindProxy: String(options.behindProxy) }),
    ...(options.insecureLan === undefined ? {} : { insecureLan: options.insecureLan }),
    ...(options.agentLoop === undefined ? {} : { agentLoop: options.agentLoop }),
    ...(options.envFile === undefined ? {} : { envFile: options.envFile }),
  };
}

/** The arguments that start such a server again, in the foreground. */
export function argsOf(options: StartOptions): string[] {
  return [
    "chat",
    "start",
    ...(options.host === undefined ? [] : ["--host", options.host]),
    ...(options.port === undefined ? [] : ["--port", options.port]),
    ...(options.behindProxy === undefined ? [] : ["--behind-proxy", String(options.behindProxy)]),
    ...(options.insecureLan === undefined ? [] : ["--insecure-lan"]),
    ...(options.pidfile === undefined ? [] : ["--pidfile", options.pidfile]),
    ...(options.agentLoop === undefined ? [] : [options.agentLoop ? "--agent-loop" : "--no-agent-loop"]),
    ...(options.envFile === undefined ? [] : ["--env-file", options.envFile]),
  ];
}
