import type { Album } from '../shared/contract.ts'
import type {
  AlbumImportResult,
  BenchResult,
  DoctorResult,
  EmbedBench,
  EvaluateResult,
  ImportResult,
  IndexStatus,
  IndexTuning,
  ModelSummary,
  RuntimeRow,
  SimilarResult,
} from '../shared/results.ts'
import { nextStepFor } from './next-steps.ts'
import { displayPath } from '../engine/library/paths.ts'
import { count, duration } from './progress-line.ts'
import { adviceSentences, reasonSentence } from './training-words.ts'
import type { TrainingReport } from '../shared/training-report.ts'

/** Results as text for a terminal. With `--json` none of this is used. */

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
const millis = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
const FAILURES_SHOWN = 20

export function importReport(result: ImportResult): string {
  const changes = [
    [result.added - result.restored, 'added'],
    [result.restored, 'found again'],
    [result.updated, 'edited'],
    [result.moved, 'moved'],
    [result.removed, 'no longer there'],
    [result.copies, 'further names or copies'],
  ] as const
  const told = changes.filter(([n]) => n > 0).map(([n, word]) => `${count(n)} ${word}`)
  const speed =
    result.photosPerSecond >= 1 ? `, ${count(Math.round(result.photosPerSecond))} files a second` : ''
  const lines = [
    `${count(result.photos)} photos in the library: ${told.length > 0 ? told.join(', ') : 'nothing has changed'}` +
      ` (${duration(result.seconds)}${speed}).`,
  ]
  if (result.failed.length > 0) {
    lines.push(`${count(result.failed.length)} files could not be read:`)
    for (const { path, code, message } of result.failed.slice(0, FAILURES_SHOWN))
      lines.push(`  ${displayPath(path)}\n    ${message} ${nextStepFor(code)}`)
    const more = result.failed.length - FAILURES_SHOWN
    if (more > 0) lines.push(`  … and ${count(more)} more; --json lists all of them.`)
  }
  return [...lines, ...damagedLines(result.damaged)].join('\n')
}

function damagedLines(damaged: ImportResult['damaged']): string[] {
  if (damaged.length === 0) return []
  const more = damaged.length - FAILURES_SHOWN
  return [
    `${count(damaged.length)} files are damaged, and were imported as far as they are there:`,
    ...damaged.slice(0, FAILURES_SHOWN).map(({ path, message }) => `  ${displayPath(path)}: ${message}`),
    ...(more > 0 ? [`  … and ${count(more)} more; --json lists all of them.`] : []),
    '  Restore them from a backup if you have one.',
  ]
}

export function similarReport({ query, results, millis: time }: SimilarResult): string {
  const title = `Similar to ${query.map(displayPath).join(' + ')}`
  const timing = `${millis(time.total)}: embedding ${millis(time.embed)}, search ${millis(time.search)}`
  if (results.length === 0)
    return `${title}\n  No photo within these limits. Lower --min or raise --max.\n  (${timing})`
  const rows = results.map(
    ({ rank, score, path }) =>
      `  ${String(rank).padStart(3)}.  ${(score * 100).toFixed(1).padStart(5)} %  ${displayPath(path)}`,
  )
  return [title, ...rows, `  (${timing})`].join('\n')
}

export function evaluateReport(result: EvaluateResult): string {
  const between = ([low, high]: readonly [number, number]): string =>
    `95 % interval ${percent(low)} – ${percent(high)}`
  const { interval, before } = result
  return [
    `Model "${result.model}" on ${count(result.photos)} photos in ${count(result.classes)} classes, leave-one-out, ${count(result.queries)} queries:`,
    `  Recall@1     ${percent(result.recallAt1)}   ${between(interval.recallAt1)}`,
    `  Recall@10    ${percent(result.recallAt10)}   ${between(interval.recallAt10)}`,
    `  R-precision  ${percent(result.rPrecision)}   ${between(interval.rPrecision)}`,
    `  MAP@R        ${percent(result.mapAtR)}   ${between(interval.mapAtR)}`,
    ...(before
      ? [`Without what was learned: Recall@1 ${percent(before.recallAt1)}, MAP@R ${percent(before.mapAtR)}`]
      : []),
  ].join('\n')
}

export function doctorReport(result: DoctorResult): string {
  const { index, versions } = result
  return [
    result.ok ? 'Everything fits together.' : 'There are problems.',
    ...result.problems.map(({ message, repaired }) => `  ${repaired ? 'mended' : 'problem'}: ${message}`),
    ...result.notes.map(note => `  note: ${note}`),
    `Library  ${displayPath(result.library)}, ${count(result.photos)} photos`,
    `Index    ${indexLine(index)}`,
    ...tuningTable(index),
    `Model    ${result.model} (known: ${result.models.join(', ')})`,
    `Versions ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    ...runtimeLines(result.runtimes),
    ...(result.ok ? [] : ['Run kindred doctor --repair to mend what can be mended.']),
  ].join('\n')
}

function indexLine({ kind, vectors, dimension, lists, nprobe, library, instructions }: IndexStatus): string {
  const layout = lists > 0 ? `, ${nprobe || 'all'} of ${count(lists)} lists looked through` : ''
  const kernels = instructions ? `, kernels for ${instructions}` : ''
  return `${kind}, ${count(vectors)} × ${dimension}${layout} (${library}${kernels})`
}

function tuningReason(reason: IndexTuning['reason'], kind: string): string {
  switch (reason) {
    case 'exact-only':
      return `This machine has ${kind} only, which is exact.`
    case 'fast-enough':
      return 'Exact search is fast enough.'
    case 'nothing-faster':
      return 'Nothing faster finds enough of what exact search finds.'
    case 'fastest':
      return 'The fastest that finds what exact search finds.'
  }
}

/** The measured ways to search this library. */
function tuningTable({ kind, tuning }: IndexStatus): string[] {
  if (!tuning) return []
  const { rows, queries, reason, measuredAt } = tuning
  return [
    `         measured on ${new Date(measuredAt).toISOString().slice(0, 10)} with ${queries} photos. ${tuningReason(reason, kind)}`,
    ...rows.map(
      row =>
        `         ${row.chosen ? '▸' : ' '} ${row.nprobe === 0 ? 'exact' : `${row.nprobe} of ${row.lists} lists`}: ` +
        `p50 ${millis(row.p50Micros / 1000)}, p95 ${millis(row.p95Micros / 1000)}, ` +
        `recall@10 ${row.recallAt10.toFixed(3)}, recall@100 ${row.recallAt100.toFixed(3)}, ` +
        `${(row.bytes / 2 ** 20).toFixed(0)} MB, built in ${row.buildSeconds.toFixed(1)} s`,
    ),
  ]
}

function runtimeLines(rows: readonly RuntimeRow[]): string[] {
  if (rows.length === 0) return ['Runtimes not compared: the network runs on the CPU']
  return [
    'Runtimes',
    ...rows.map(({ runtime, chosen, photosPerSecond, lowestCosine, state, reason }) => {
      const figures =
        photosPerSecond === null
          ? ''
          : `${photosPerSecond.toFixed(photosPerSecond < 10 ? 1 : 0).padStart(6)} photos/s  cosine ${lowestCosine?.toFixed(6) ?? ''}  `
      return `  ${chosen ? '▸' : ' '} ${runtime.padEnd(20)} ${figures}${reason ?? (state === 'slow' ? 'too slow' : '')}`.trimEnd()
    }),
  ]
}

function embedLine({ runtime, photosPerSecond, lowestCosine, timesWasm, chosen }: EmbedBench): string {
  const ratio = timesWasm === null ? '' : `, ${timesWasm.toFixed(1)} × TensorFlow.js on WebAssembly`
  const speed = photosPerSecond.toFixed(photosPerSecond < 10 ? 1 : 0)
  return `Embed    ${runtime}${chosen ? ' (chosen)' : ''}: ${speed} photos a second, cosine ${lowestCosine.toFixed(6)}${ratio}`
}

export function benchReport(result: BenchResult): string {
  const { machine } = result
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB.toFixed(0)} GiB, Node ${machine.node}`,
    ...result.search.map(
      row =>
        `Search   ${row.index}, ${count(row.vectors)} × ${row.dim}: p50 ${row.p50Micros.toFixed(0)} µs, p95 ${row.p95Micros.toFixed(0)} µs, recall@10 ${row.recallAt10.toFixed(3)}, built in ${row.buildSeconds.toFixed(2)} s, ${(row.bytes / 2 ** 20).toFixed(1)} MB${row.limitMicros ? `; reading all vectors once takes ${row.limitMicros.toFixed(0)} µs` : ''}`,
    ),
    ...result.embed.map(embedLine),
    `Import   ${result.import.photosPerSecond.toFixed(0)} photos of ${result.import.megapixels} megapixels a second, decoding alone ${result.import.decodeOnlyPhotosPerSecond.toFixed(0)}: ratio ${result.import.ratio.toFixed(2)}`,
  ].join('\n')
}

export function albumsReport(albums: readonly Album[]): string {
  if (albums.length === 0) return 'There are no albums yet. Make one: kindred album create NAME'
  return albums
    .map(({ name, photos, needs, teaches }) => {
      const note = !teaches
        ? 'does not take part in learning'
        : needs > 0
          ? `needs ${needs} more to teach`
          : ''
      return `  ${count(photos).padStart(7)}  ${name}${note ? `  (${note})` : ''}`
    })
    .join('\n')
}

export function albumImportReport({ albums, created, photos, failed }: AlbumImportResult): string {
  const unread = failed.length > 0 ? ` ${count(failed.length)} files could not be read.` : ''
  return `${count(photos)} photos in ${count(albums)} albums, ${count(created)} of them new.${unread}`
}

export function suggestionsReport(
  album: string,
  suggestions: readonly { rank: number; path: string; confidence: number }[],
): string {
  if (suggestions.length === 0) return `Nothing to suggest for “${album}” yet: put photos into it first.`
  return suggestions
    .map(
      ({ rank, path, confidence }) =>
        `  ${String(rank).padStart(3)}.  ${percent(confidence).padStart(7)}  ${displayPath(path)}`,
    )
    .join('\n')
}

export function questionsReport(
  questions: readonly { path: string; albums: readonly { album: string; confidence: number }[] }[],
): string {
  if (questions.length === 0) return 'Nothing to ask: put photos into an album first.'
  return questions
    .map(({ path, albums }) => {
      const choices = albums.map(({ album, confidence }) => `${album} ${percent(confidence)}`).join(', ')
      return `  ${displayPath(path)}\n    ${choices}?`
    })
    .join('\n')
}

export function modelsReport(models: readonly ModelSummary[]): string {
  return models
    .map(({ active, name, origin, accepted, after, before }) => {
      const figures = before && after ? `  MAP@R ${percent(before.mapAtR)} → ${percent(after.mapAtR)}` : ''
      const outcome = accepted === false ? ', kept aside' : ''
      return `${active ? '▸' : ' '} ${name}  (${origin}${outcome})${figures}`
    })
    .join('\n')
}

export function trainingReport(report: TrainingReport): string {
  const { before, after, gain, neighbours } = report
  const points = (value: number): string => `${value >= 0 ? '+' : '−'}${Math.abs(100 * value).toFixed(1)}`
  const row = (name: string, key: 'recallAt1' | 'recallAt10' | 'rPrecision' | 'mapAtR'): string =>
    `  ${name.padEnd(12)} ${percent(before[key]).padStart(7)} → ${percent(after[key]).padStart(7)}`
  const between = gain.mapAtR.interval.map(points).join(' to ')
  return [
    report.accepted ? `Learned: ${report.model} is in use now.` : `Kept aside: ${report.model}.`,
    `  ${reasonSentence(report)}`,
    ...adviceSentences(report).map(line => `  ${line}`),
    `${count(report.photos)} photos in ${count(report.albums)} albums, ${count(report.heldOut)} held out; ${count(after.queries)} asked (${duration(report.seconds)}, ${report.backend}, seed ${report.seed}):`,
    row('Recall@1', 'recallAt1'),
    row('Recall@10', 'recallAt10'),
    row('R-precision', 'rPrecision'),
    row('MAP@R', 'mapAtR'),
    `  MAP@R ${points(gain.mapAtR.mean)} points, 95 % interval ${between}`,
    `  Photos in no album keep ${percent(neighbours.overlapAt10)} of their ten nearest.`,
  ].join('\n')
}
