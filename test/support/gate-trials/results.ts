import { assess } from '../../../electron/engine/learning/evaluation/metrics.ts'
import type {
  RankedResult,
  RetrievalProblem,
} from '../../../electron/engine/learning/evaluation/retrieval-run.ts'
import { embed, type Head } from '../../../electron/engine/vision/head/head.ts'

/** As {@link RetrievalProblem} is solved by the program, without catalog and index. */
export function rank(head: Head, features: Float32Array, problem: RetrievalProblem): RankedResult[] {
  const { ids, classesOf, queries, groups } = problem
  const vectors = embed(head, features)
  const { dimension } = head
  const related = (a: number, b: number): boolean => classesOf[a]!.some(c => classesOf[b]!.includes(c))
  return queries.flatMap(row => {
    const others = [...ids.keys()].filter(other => other !== row && groups?.[other] !== groups?.[row])
    const total = others.filter(other => related(row, other)).length
    if (total === 0) return []
    const own = vectors.subarray(row * dimension, (row + 1) * dimension)
    const scored = others.map(other => {
      let score = 0
      for (let i = 0, at = other * dimension; i < dimension; i++, at++) score += own[i]! * vectors[at]!
      return { other, score }
    })
    scored.sort((a, b) => b.score - a.score)
    const ranked = scored.slice(0, Math.max(10, total)).map(({ other }) => other)
    const relevant = ranked.map(other => related(row, other))
    return [{ row, nearest: ranked.slice(0, 10), ...assess(relevant, total) }]
  })
}
