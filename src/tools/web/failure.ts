import { messageOf } from "../../core/errors.ts";
import { Refused } from "./reach.ts";

/** What went wrong on the way, by the code that the system, TLS, HTTP or a decompressor gave it. */
const WORDS: readonly (readonly [codes: RegExp, words: string])[] = [
  [/^ENOTFOUND$/, "there is no such host"],
  [/^(EAI_\w+|ENODATA|ESERVFAIL)$/, "its host's name could not be looked up; is there a network?"],
  [/^ECONNREFUSED$/, "nothing listens there"],
  [/^(ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/, "no way leads there from this machine"],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "its host does not answer"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "its host broke the connection off"],
  [/^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, "its host is connected and says nothing"],
  [/^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/, "its headers are too big"],
  [/^(HPE_|HTTPParserError$)/, "what its host sends is not HTTP"],
  [/^(Z_|ERR_.*(BROTLI|ZSTD)|ERR__ERROR_FORMAT)/, "its content is compressed wrongly"],
  [/^CERT_HAS_EXPIRED$/, "its certificate has expired, so who answers is not known"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "its certificate is for another host, so who answers is not known"],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/, "its certificate is signed by nobody that is trusted"],
  [/^(EPROTO|ERR_SSL_)/, "no encrypted connection could be made"],
];

export function failureInWords(url: URL, error: unknown): string {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (each instanceof Refused) return each.message;
    const { code = each.name } = each as NodeJS.ErrnoException;
    const words = WORDS.find(([codes]) => codes.test(code))?.[1];
    if (words !== undefined) return `${url.href} cannot be fetched: ${words} (${code})`;
    if (each.cause === undefined) return `${url.href} cannot be fetched: ${each.message}`;
  }
  return messageOf(error);
}
