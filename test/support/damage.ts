import type { Random } from '../../electron/shared/random.ts'

/** Damages a file as disks and half-finished writes do: cut off, bits flipped, parts overwritten, doubled or exchanged. */
export function damage(whole: Buffer<ArrayBuffer>, random: Random): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(whole)
  const place = (): number => random.int(0, Math.max(0, bytes.length - 1))
  const kind = random.int(0, 6)
  if (kind === 0) return bytes.subarray(0, random.int(0, bytes.length))
  if (kind === 1) return Buffer.concat([bytes, rubbish(random, random.int(1, 300))])
  if (kind === 2) return rubbish(random, random.int(0, 2 * bytes.length))
  if (bytes.length === 0) return rubbish(random, 20)
  if (kind === 3)
    for (let flips = random.int(1, 4); flips > 0; flips--) bytes[place()]! ^= 1 << random.int(0, 7)
  else if (kind === 4) bytes.fill(random.pick([0, 0xff, 0x55]), ...range(random, bytes.length))
  else if (kind === 5) bytes.copy(bytes, place(), ...range(random, bytes.length))
  // A number in the head of a part: sizes are of 4 or 8 bytes.
  else rubbish(random, random.pick([4, 8])).copy(bytes, random.chance(0.5) ? random.int(0, 120) : place())
  return bytes
}

const range = (random: Random, length: number): [number, number] => {
  const from = random.int(0, length - 1)
  return [from, Math.min(length, from + random.int(1, 4096))]
}

const rubbish = (random: Random, length: number): Buffer<ArrayBuffer> =>
  Buffer.from(Uint8Array.from({ length }, () => random.int(0, 255)))
