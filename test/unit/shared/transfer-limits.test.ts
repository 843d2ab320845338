import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { contract, type MethodName } from '../../../electron/shared/contract.ts'
import { HEAD_BYTES, MESSAGE_BYTES } from '../../../electron/shared/transfer-limits.ts'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly maxLength?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
}

/** Of a character that JSON escapes, such as a byte that does not decode in a path. */
const ESCAPED = 6
/** Digits, sign, point and exponent of a number. */
const NUMBER = 25

/** Bytes of the longest value as JSON; infinite where a schema sets no limit. */
function longest({ type, maxLength = Infinity, maxItems = Infinity, ...schema }: Schema, key = ''): number {
  if (schema.enum) return Math.max(...schema.enum.map(value => JSON.stringify(value).length))
  if (schema.anyOf) return Math.max(...schema.anyOf.map(one => longest(one, key)))
  switch (type) {
    case 'string':
      return 2 + maxLength * (key === 'base64' ? 1 : ESCAPED)
    case 'array':
      return 2 + maxItems * (1 + longest(schema.items!, key))
    case 'object':
      return Object.entries(schema.properties ?? {}).reduce(
        (sum, [name, value]) => sum + name.length + 4 + longest(value, name),
        2,
      )
    case 'integer':
    case 'number':
    case 'boolean':
      return NUMBER
    default:
      throw new Error(`No bound is known for ${JSON.stringify(schema)}`)
  }
}

describe('limits of what is handed over', () => {
  const envelope = JSON.stringify({
    type: 'call',
    id: Number.MAX_SAFE_INTEGER,
    method: 'x'.repeat(64),
    input: 0,
  })

  test.each(Object.keys(contract) as MethodName[])('the longest call of %s fits into a message', method => {
    const schema = z.toJSONSchema(contract[method].input, { io: 'input' }) as Schema
    expect(longest(schema) + envelope.length).toBeLessThanOrEqual(MESSAGE_BYTES)
  })

  test('the largest file of a head can be imported', () => {
    const call = { name: 'head', base64: Buffer.alloc(HEAD_BYTES).toString('base64') }
    expect(contract['models.import'].input.safeParse(call).success).toBe(true)
    const larger = { name: 'head', base64: Buffer.alloc(HEAD_BYTES + 3).toString('base64') }
    expect(contract['models.import'].input.safeParse(larger).success).toBe(false)
  })
})
