/**
 * Maps with at most `limit` calls under way and yields in the order of the source. The source is read only as results are
 * taken. When the consumer stops early, calls under way are awaited and no further ones start.
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
      // A failure surfaces when its turn to be yielded comes; until then it must not count as unhandled.
      result.catch(() => undefined)
      running.push(result)
      if (running.length >= limit) yield await running.shift()!
    }
    while (running.length > 0) yield await running.shift()!
  } finally {
    await Promise.allSettled(running)
  }
}

/** Yields the items in groups of `size`; the last group may be smaller. */
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
 * Pulls up to `items` items before they are needed. Without it, earlier stages of a chain of generators would idle while
 * the last stage works.
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
    while (ahead.length > 0) {
      const next = await ahead.shift()!
      if (next.done) return
      pull()
      yield next.value
    }
  } finally {
    await source.return(undefined)
  }
}
