import { contract, eventNames } from '../../electron/shared/contract.ts'
import type { Random } from '../../electron/shared/random.ts'

/** Calls that start jobs or change the library are left out: the suite checks that nothing has changed. */
const harmless = Object.keys(contract).filter(
  name => !/^(folders\.(add|remove|rescan)|samples|failures\.retry|settings\.set|doctor)/.test(name),
)

/** A message of a broken or hostile client: random data, or a valid message with an error. */
export function hostileMessage(random: Random, transport: string): unknown {
  if (random.chance(0.25)) return rubbish(random, transport)
  const message: Record<string, unknown> = {
    type: random.pick(['call', 'call', 'call', 'cancel', 'subscribe', 'unsubscribe']),
    id: random.int(0, 1e6),
    method: random.pick(harmless),
    input: random.pick([{}, { id: random.int(-5, 80) }, { examples: [{ photo: random.int(-1, 70) }], k: 3 }]),
    event: random.pick(eventNames),
  }
  for (let wrong = random.int(0, 3); wrong > 0; wrong--) {
    const key = random.pick(['type', 'id', 'method', 'input', 'event', 'more'])
    if (random.chance(0.3)) Reflect.deleteProperty(message, key)
    else message[key] = value(random)
  }
  return message
}

function rubbish(random: Random, transport: string): unknown {
  if (transport !== 'WebSocket') return value(random) ?? { type: 'call' }
  const bytes = Uint8Array.from({ length: random.int(0, 200) }, () => random.int(0, 255))
  return random.pick<unknown>([
    bytes,
    '{"type":"call","id":1',
    '[]',
    '',
    'null',
    '"call"',
    '{"__proto__":{"type":"call"}}',
  ])
}

function value(random: Random): unknown {
  return random.pick<unknown>([
    null,
    true,
    -1,
    1.5,
    1e300,
    '',
    'call',
    '../../etc/passwd',
    'x'.repeat(2000),
    [],
    [[[[]]]],
    {},
    { toString: 1 },
    { constructor: { prototype: {} } },
    '__proto__',
    { examples: Array.from({ length: 100 }, () => ({ photo: 1 })) },
    { examples: [{ photo: 1, upload: 'x' }] },
    { path: '\u0000' },
    { id: '1 OR 1=1' },
  ])
}
