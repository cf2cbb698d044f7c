import type { Duplex } from "node:stream";

/** The certificate is another one: the server has a new one since, or it is another server. */
export const OTHER_CERTIFICATE = "OTHER_CERTIFICATE";

const CONNECT_MS = 5000;

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * Connects to whoever has the key of exactly this certificate, by its SHA-256. Then neither its names count, nor its dates, nor who
 * has signed it; nothing is sent before it is known to be the one.
 */
export function pinned({ hostname, port }: URL, certificate: string): (options: object, connected: Connected) => null {
  return (_, connected) => {
    const host = hostname.replace(/^\[|\]$/g, "");
    const { connect } = process.getBuiltinModule("node:tls");
    const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false });
    const failed = (error: Error): void => connected(error, socket);
    const silent = (): unknown => socket.destroy(new Error("the server does not answer"));
    socket.setTimeout(CONNECT_MS, silent);
    socket.once("error", failed);
    socket.once("secureConnect", () => {
      if (socket.getPeerX509Certificate()?.fingerprint256 !== certificate) {
        const message = "the certificate is not that of the server that runs on this home";
        return socket.destroy(Object.assign(new Error(message), { code: OTHER_CERTIFICATE }));
      }
      socket.off("error", failed);
      socket.setTimeout(0, silent);
      connected(null, socket);
    });
    return null;
  };
}
