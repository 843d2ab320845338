import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Head } from '../../../../../electron/engine/vision/head/head.ts'
import {
  packHead,
  unpackHead,
  type PortableHead,
} from '../../../../../electron/engine/learning/versions/head-file.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const backbone = 'ab'.repeat(32)

function made(inputLength: number, dimension: number, seed: number | string = 1): PortableHead {
  const random = new Random(`head ${seed}`)
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.gauss())
  const head: Head = {
    inputLength,
    dimension,
    projection: { mean: values(inputLength), matrix: values(inputLength * dimension) },
  }
  return { name: `trained-${seed}`, backbone, head }
}

/** The code of the failure, the head where there is none. */
function outcome(file: Uint8Array): PortableHead | string {
  try {
    return unpackHead(file)
  } catch (error) {
    return error instanceof KindredError ? error.code : `unforeseen: ${String(error)}`
  }
}

const HEADER_AT = 12

/** A file taken apart, changed, and put together again as it should be. */
function rebuilt(
  file: Buffer,
  change: (
    header: Record<string, unknown>,
    body: Buffer,
  ) => { header?: unknown; body?: Buffer; text?: string },
): Buffer {
  const bytes = gunzipSync(file)
  const end = HEADER_AT + bytes.readUInt32LE(8)
  const header = JSON.parse(bytes.toString('utf8', HEADER_AT, end)) as Record<string, unknown>
  const changed = change({ ...header }, Buffer.from(bytes.subarray(end)))
  const body = changed.body ?? bytes.subarray(end)
  const sha256 = createHash('sha256').update(body).digest('hex')
  const text = Buffer.from(changed.text ?? JSON.stringify({ sha256, ...(changed.header ?? header) }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  return gzipSync(Buffer.concat([bytes.subarray(0, 8), length, text, body]))
}

describe('head file', () => {
  test('comes back as it was, in half precision', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.string({ minLength: 1, maxLength: 60 }),
        fc.integer(),
        (inputLength, dimension, name, seed) => {
          const { head } = made(inputLength, dimension, seed)
          const back = unpackHead(packHead({ name, backbone, head }))
          expect({ ...back, head: { ...back.head, projection: undefined } }).toEqual({
            name,
            backbone,
            head: { ...head, projection: undefined },
          })
          for (const part of ['mean', 'matrix'] as const) {
            const [given, got] = [head.projection![part], back.head.projection![part]]
            expect(got).toHaveLength(given.length)
            for (const [i, value] of given.entries())
              expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(Math.abs(value) / 1024 + 1e-6)
          }
          // A second time, nothing is lost any more.
          expect(unpackHead(packHead(back))).toEqual(back)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('is small', () => {
    const file = packHead(made(576, 256))
    expect(file.length).toBeLessThan(2 * 577 * 257)
  })

  test('holds nothing but the head', () => {
    const bytes = gunzipSync(packHead(made(3, 2)))
    const header = JSON.parse(bytes.toString('utf8', HEADER_AT, HEADER_AT + bytes.readUInt32LE(8))) as object
    expect(Object.keys(header).sort()).toEqual([
      'backbone',
      'dimension',
      'format',
      'inputLength',
      'name',
      'sha256',
    ])
  })
})

describe('unpackHead', () => {
  const file = packHead(made(6, 4))

  test('refuses a file wherever a bit of it is another', () => {
    const random = new Random('bits')
    for (let bit = 0; bit < 8 * file.length; bit += random.int(1, 3)) {
      const damaged = Buffer.from(file)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const result = outcome(damaged)
      // Some bits of gzip's own header, such as its date, mean nothing.
      if (typeof result === 'string') expect(result).toBe('head-invalid')
      else expect(result).toEqual(unpackHead(file))
    }
  })

  test('refuses a file that is cut off anywhere', () => {
    for (let length = 0; length < file.length; length++)
      expect(outcome(file.subarray(0, length))).toBe('head-invalid')
  })

  test('throws head-invalid and nothing else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.boolean(), (bytes, zipped, marked) => {
        const inner = marked ? Buffer.concat([Buffer.from('KINDHEAD'), bytes]) : Buffer.from(bytes)
        expect(outcome(zipped ? gzipSync(inner) : inner)).toBe('head-invalid')
      }),
      { numRuns: 300 },
    )
  })

  test('throws head-invalid and nothing else, whatever was changed before it was packed', () => {
    const whole = gunzipSync(file)
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.integer({ min: 0, max: 255 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.option(fc.nat(whole.length)),
        (changes, cut) => {
          const bytes = Buffer.from(whole)
          for (const { at, byte } of changes) bytes[at] = byte
          const result = outcome(gzipSync(bytes.subarray(0, cut ?? undefined)))
          if (typeof result === 'string') expect(result).toBe('head-invalid')
          // What is not refused has another name, or nothing was changed: the numbers are those of the file.
          else expect(result.head).toEqual(unpackHead(file).head)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('refuses a file without unpacking more than a head can be', () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20))
    expect(bomb.length).toBeLessThan(2 ** 18)
    const before = process.memoryUsage().rss
    expect(outcome(bomb)).toBe('head-invalid')
    expect(process.memoryUsage().rss - before).toBeLessThan(180 * 2 ** 20)
  })

  test.each<[string, Parameters<typeof rebuilt>[1]]>([
    ['another format', header => ({ header: { ...header, format: 2 } })],
    ['no name', header => ({ header: { ...header, name: '' } })],
    ['a name without end', header => ({ header: { ...header, name: 'x'.repeat(201) } })],
    ['a backbone that is no hash', header => ({ header: { ...header, backbone: '../../../etc' } })],
    ['no features', header => ({ header: { ...header, inputLength: 0 } })],
    [
      'more features than there can be',
      header => ({ header: { ...header, inputLength: 1e9, dimension: 1e9 } }),
    ],
    ['half a dimension', header => ({ header: { ...header, dimension: 3.5 } })],
    ['a dimension too many', header => ({ header: { ...header, dimension: 5 } })],
    [
      'features and dimensions exchanged',
      header => ({ header: { ...header, inputLength: 4, dimension: 6 } }),
    ],
    ['the checksum of another', header => ({ header: { ...header, sha256: '0'.repeat(64) } })],
    ['a description that is no object', () => ({ text: '[1, 2, 3]' })],
    ['a description that is nothing', () => ({ text: 'null' })],
    ['a description with a prototype of its own', () => ({ text: '{"__proto__": {"format": 1}}' })],
    ['no parameters', (header, body) => ({ header: without(header), body: body.subarray(0, 0) })],
    ['a parameter too few', (header, body) => ({ header: without(header), body: body.subarray(2) })],
    ['half a parameter', (header, body) => ({ header: without(header), body: body.subarray(0, -1) })],
    [
      'a parameter that is no number',
      (header, body) => ({
        header: without(header),
        body: Buffer.concat([Buffer.of(0x00, 0x7e), body.subarray(2)]),
      }),
    ],
    [
      'a parameter without bounds',
      (header, body) => ({
        header: without(header),
        body: Buffer.concat([Buffer.of(0x00, 0x7c), body.subarray(2)]),
      }),
    ],
  ])('is refused with %s', (_, change) => {
    expect(outcome(rebuilt(file, change))).toBe('head-invalid')
  })

  test('accepts a file that was put together again unchanged', () => {
    expect(outcome(rebuilt(file, header => ({ header: without(header) })))).toEqual(unpackHead(file))
  })
})

/** The header without its checksum, so that the right one is entered. */
function without(header: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(header).filter(([key]) => key !== 'sha256'))
}
