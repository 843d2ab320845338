/** A version that is no better is used at most this often, however often the same held-out photos are asked. */
export const PROMISED_ERROR = 0.02

/**
 * Of that, how much the looks share. Versions of equal quality are not quite equal on the photos that there are, and were
 * accepted nearly twice as often as a look may err (docs/training.md): the rest of the promise is kept for that.
 */
const SHARED_ERROR = 0.75 * PROMISED_ERROR

/**
 * Returns which look at the same held-out photos a training takes, counted from 1. Counting begins anew
 * - after a version was accepted: the next ones are compared with that one, which is another question. An error that was
 *   spent on a discovery is earned back (alpha-investing; Foster, Stine, Journal of the Royal Statistical Society B, 2008);
 * - once as many photos again are held out: half of the answers are then new.
 * @param earlier photos that were held out in each training since a version was last accepted, in their order
 * @param heldOut photos that are held out now
 */
export function lookAt(earlier: readonly number[], heldOut: number): number {
  let look = 0
  let first = 0
  for (const photos of [...earlier, heldOut]) {
    const isAnew = look === 0 || photos >= 2 * first
    if (isAnew) first = photos
    look = isAnew ? 1 : look + 1
  }
  return look
}

/**
 * Returns the largest p-value at which this look accepts. The looks share an error as 1/k², the sum of which is
 * π²/6: so many looks as there may be, together they err no more often (Bonferroni; an error-spending function in the sense
 * of Lan, DeMets, "Discrete Sequential Boundaries for Clinical Trials", Biometrika, 1983, for looks whose number and times
 * nobody knows).
 */
export const errorOf = (look: number): number => (SHARED_ERROR * 6) / (Math.PI * look) ** 2
