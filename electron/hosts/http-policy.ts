import { timingSafeEqual } from 'node:crypto'

/** Which requests the loopback host accepts. Pure functions, so that each rule has a test. */

export interface RequestFacts {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly cookie: string | undefined
  /** The token in the query, where one was given. */
  readonly token: string | null
}

const COOKIE = 'kindred'

/** The names under which this host may be addressed; any other name may be a DNS rebinding attack. */
export const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`]

export const isOwnHost = (host: string | undefined, port: number): boolean =>
  host !== undefined && ownHosts(port).includes(host)

/** Requests from a page of another origin are refused, whatever cookie the browser sends along. */
export const isOwnOrigin = (origin: string | undefined, port: number): boolean =>
  origin === undefined || ownHosts(port).some(host => origin === `http://${host}`)

/** Whether the request carries the secret, in its query or its cookie. */
export function isAuthorised({ cookie, token }: RequestFacts, secret: string): boolean {
  const carried = token ?? /(?:^|;\s*)kindred=([0-9a-f]+)(?:;|$)/.exec(cookie ?? '')?.[1]
  if (carried?.length !== secret.length) return false
  return timingSafeEqual(Buffer.from(carried), Buffer.from(secret))
}

/** Pictures and uploads need the secret; so does the socket, which must also name its origin. */
export function mayUseMedia(facts: RequestFacts, port: number, secret: string): boolean {
  return isOwnHost(facts.host, port) && isOwnOrigin(facts.origin, port) && isAuthorised(facts, secret)
}

export function mayOpenSocket(facts: RequestFacts, port: number, secret: string): boolean {
  return facts.origin !== undefined && mayUseMedia(facts, port, secret)
}

/** Sent to no other site, unreadable to scripts, gone with the browser's session. */
export const sessionCookie = (secret: string): string =>
  `${COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Strict`

export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; " +
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}
