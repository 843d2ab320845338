import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Which requests the loopback host accepts. Pure functions, so that each rule has a test. */

export interface RequestFacts {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly cookie: string | undefined
  /** The token in the query, where one was given. */
  readonly token: string | null
}

/** The names under which this host may be addressed; any other name may be a DNS rebinding attack. */
export const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`]

export const isOwnHost = (host: string | undefined, port: number): boolean =>
  host !== undefined && ownHosts(port).includes(host)

/** Requests from a page of another origin are refused, whatever cookie the browser sends along. */
export const isOwnOrigin = (origin: string | undefined, port: number): boolean =>
  origin === undefined || ownHosts(port).some(host => origin === `http://${host}`)

/**
 * What the cookie holds. Browsers send cookies to every port of a host, so that other programs may come to see it: it
 * fetches pixels, but opens no socket, and the secret does not follow from it.
 */
export const mediaKey = (secret: string): string => createHmac('sha256', secret).update('media').digest('hex')

/** Browsers keep cookies by host, not by port: two libraries at a time need different names. */
const cookieName = (port: number): string => `kindred-${port}`

/** Sent to no other site, unreadable to scripts, gone with the browser's session. */
export const mediaCookie = (secret: string, port: number): string =>
  `${cookieName(port)}=${mediaKey(secret)}; Path=/media/; HttpOnly; SameSite=Strict`

/** Pictures and uploads need the secret itself or the cookie. */
export function mayUseMedia(facts: RequestFacts, port: number, secret: string): boolean {
  if (!isOwnHost(facts.host, port) || !isOwnOrigin(facts.origin, port)) return false
  if (facts.token !== null) return isSame(facts.token, secret)
  return cookiesNamed(cookieName(port), facts.cookie).some(value => isSame(value, mediaKey(secret)))
}

/** The socket needs the secret itself, and must name its origin. */
export function mayOpenSocket(facts: RequestFacts, port: number, secret: string): boolean {
  const { host, origin } = facts
  return (
    origin !== undefined && isOwnHost(host, port) && isOwnOrigin(origin, port) && hasSecret(facts, secret)
  )
}

/** Whether the request carries the secret itself. */
export const hasSecret = ({ token }: RequestFacts, secret: string): boolean =>
  token !== null && isSame(token, secret)

/** Takes the same time wherever the two differ. Digests have one length, whatever is compared. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** The values of all cookies of this name: another program of this machine may have set one of its own. */
const cookiesNamed = (name: string, header = ''): string[] =>
  header
    .split(';')
    .map(part => part.trim())
    .filter(part => part.startsWith(`${name}=`))
    .map(part => part.slice(name.length + 1))

export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; " +
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}
