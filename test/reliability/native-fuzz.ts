import { runSanitized, whyUnavailable } from '../native/sanitized.ts'
import type { Campaign } from './campaign.ts'

/** Operations of one process. */
const STEPS = 500

/** Operations of native code at random, against a plain model, under AddressSanitizer and UBSan. */
export const nativeFuzz: Campaign = {
  name: 'native-fuzz',
  title: 'random operations of the native index, under sanitizers',
  promise: 'native code neither crashes nor differs from a plain model, whatever it is given',
  count: 100_000,
  quickCount: 2 * STEPS,
  unavailable: whyUnavailable,

  async run({ count, random, log }) {
    const losses: string[] = []
    let outOfMemory = 0
    let damaged = 0
    let attacks = 0
    for (; attacks < count; attacks += STEPS) {
      const seed = String(random.int(0, 2 ** 31))
      const { status, stdout, stderr } = await runSanitized('fuzz.ts', [seed, String(STEPS)])
      if (status === 0) {
        const done = JSON.parse(stdout) as Readonly<Record<string, number>>
        outOfMemory += done.outOfMemory ?? 0
        damaged += done.loadDamaged ?? 0
      } else {
        losses.push(`seed ${seed}: ${[stdout, stderr].join(' ').trim().split('\n').slice(0, 6).join(' ')}`)
      }
      log(`${attacks + STEPS} operations, ${losses.length} losses`)
    }
    return {
      attacks,
      losses,
      remarks: `${outOfMemory} ran out of memory midway, ${damaged} read a damaged file`,
    }
  },
}
