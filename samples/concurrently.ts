/**
 * Does the work for each item, at most `limit` at once. After a failure no more is begun, and what is under way is awaited:
 * nothing goes on behind the caller's back.
 * @throws the first failure
 */
export async function forEachConcurrently<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = Iterator.from(items)
  let failed = false
  const takeTurns = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: limit }, takeTurns))
  const failure = ends.find(end => end.status === 'rejected')
  if (failure) throw failure.reason
}
