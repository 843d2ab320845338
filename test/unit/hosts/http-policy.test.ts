import { describe, expect, test } from 'vitest'
import {
  hasSecret,
  mayOpenSocket,
  mayUseMedia,
  mediaCookie,
  mediaKey,
  type RequestFacts,
} from '../../../electron/hosts/http-policy.ts'

const PORT = 4711
const secret = '0123456789abcdef'.repeat(3)
const own = `http://127.0.0.1:${PORT}`
const facts = (some: Partial<RequestFacts>): RequestFacts => ({
  host: `127.0.0.1:${PORT}`,
  origin: own,
  cookie: undefined,
  token: null,
  ...some,
})
const cookieOf = (port: number): string => mediaCookie(secret, port).split(';')[0]!

describe('who may use the loopback host', () => {
  test('the secret opens the socket and fetches pixels', () => {
    expect(mayOpenSocket(facts({ token: secret }), PORT, secret)).toBe(true)
    expect(mayUseMedia(facts({ token: secret, origin: undefined }), PORT, secret)).toBe(true)
    expect(mayOpenSocket(facts({ token: secret, origin: undefined }), PORT, secret)).toBe(false)
  })

  test('a page may ask whether its secret is the right one', () => {
    expect(hasSecret(facts({ token: secret, origin: undefined }), secret)).toBe(true)
    for (const token of [null, '', `${secret}0`, secret.slice(1)])
      expect(hasSecret(facts({ token }), secret)).toBe(false)
  })

  test('the cookie fetches pixels and opens no socket, as it is or as a token', () => {
    const cookie = cookieOf(PORT)
    expect(mayUseMedia(facts({ cookie: `theme=dark; ${cookie}` }), PORT, secret)).toBe(true)
    expect(mayOpenSocket(facts({ cookie }), PORT, secret)).toBe(false)
    expect(mayOpenSocket(facts({ token: mediaKey(secret) }), PORT, secret)).toBe(false)
    expect(cookie).not.toContain(secret)
  })

  test('the cookies of two libraries do not get into each other’s way', () => {
    const [one, other] = [cookieOf(PORT), cookieOf(PORT + 1)]
    expect(one.split('=')[0]).not.toBe(other.split('=')[0])
    expect(mayUseMedia(facts({ cookie: `${other}; ${one}` }), PORT, secret)).toBe(true)
    expect(mayUseMedia(facts({ cookie: other }), PORT, secret)).toBe(false)
    // Another program on this machine may set a cookie of the same name.
    expect(mayUseMedia(facts({ cookie: `kindred-${PORT}=00; ${one}` }), PORT, secret)).toBe(true)
  })

  test.each([
    ['é'.repeat(secret.length)],
    ['\u{1f4a5}'.repeat(secret.length / 2)],
    ['0'.repeat(secret.length)],
    [''],
    [`${secret}0`],
    [secret.slice(1)],
    [secret.toUpperCase()],
  ])('a wrong token is refused, whatever it is: %s', token => {
    expect(mayOpenSocket(facts({ token }), PORT, secret)).toBe(false)
    expect(mayUseMedia(facts({ token }), PORT, secret)).toBe(false)
    expect(mayUseMedia(facts({ cookie: `kindred-${PORT}=${token}` }), PORT, secret)).toBe(false)
  })
})
