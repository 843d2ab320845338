/**
 * Returns the probability that Student's t exceeds a value.
 *
 * Abramowitz, Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4: a finite series for whole degrees of freedom.
 * @param t at least 0, may be infinite
 * @param degrees of freedom, at least 1
 */
export function studentTail(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let i = isOdd ? 3 : 2; i < degrees; i += 2) {
    term *= ((i - 1) / i) * cosine ** 2
    sum += term
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
  return Math.max(0, (1 - within) / 2)
}
