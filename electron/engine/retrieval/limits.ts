import { KindredError } from '../../shared/errors.ts'

/** @throws KindredError `bad-argument` */
export function requireLimits({ k, min, max }: { k: number; min: number; max: number }): void {
  if (!Number.isInteger(k) || k < 1)
    throw new KindredError('bad-argument', 'The number of results is at least 1.')
  if (!(min >= 0 && max <= 1 && min <= max))
    throw new KindredError('bad-argument', 'Scores lie between 0 and 1, the minimum not above the maximum.')
}
