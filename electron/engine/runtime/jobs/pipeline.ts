/**
 * Maps with at most `limit` calls under way and yields in the order of the source. Bounded: the source is only read as
 * results are taken. When the consumer leaves early, what is under way is awaited and no more is begun.
 */
export async function* mapConcurrently<A, B>(
  source: Iterable<A> | AsyncIterable<A>,
  limit: number,
  map: (item: A) => Promise<B>,
): AsyncGenerator<B> {
  const running: Promise<B>[] = []
  try {
    for await (const item of source) {
      const result = map(item)
      // Its failure is met when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined)
      running.push(result)
      if (running.length >= limit) yield await running.shift()!
    }
    while (running.length > 0) yield await running.shift()!
  } finally {
    await Promise.allSettled(running)
  }
}

/** Groups what comes; the last group may be smaller. */
export async function* inBatches<A>(source: AsyncIterable<A>, size: number): AsyncGenerator<A[]> {
  let batch: A[] = []
  for await (const item of source) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/**
 * Lets a stage run ahead of the one that takes from it, by this many items at most: without it, a pulled chain of
 * generators rests while its last stage works.
 */
export async function* prefetch<A>(source: AsyncGenerator<A>, items: number): AsyncGenerator<A> {
  const ahead: Promise<IteratorResult<A>>[] = []
  const pull = (): void => {
    const next = source.next()
    next.catch(() => undefined)
    ahead.push(next)
  }
  try {
    for (let i = 0; i < items; i++) pull()
    for (;;) {
      const next = await ahead.shift()!
      if (next.done) return
      pull()
      yield next.value
    }
  } finally {
    await source.return(undefined)
  }
}
