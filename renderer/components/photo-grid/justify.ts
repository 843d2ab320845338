export interface LayoutOptions {
  readonly width: number
  /** The height that rows come close to. */
  readonly rowHeight: number
  readonly gap?: number
  /** Indices, ascending and from 0, at which a new group with a heading begins. Without it all is one group. */
  readonly groups?: ArrayLike<number>
  readonly headingHeight?: number
}

export interface GridLayout {
  readonly count: number
  readonly width: number
  readonly gap: number
  readonly height: number
  readonly left: Float32Array
  readonly itemWidth: Float32Array
  /** The row that each photo is in. */
  readonly rowOf: Int32Array
  /** First photo of each row, and the count at the end. */
  readonly rowStart: Int32Array
  readonly rowTop: Float64Array
  readonly rowHeight: Float32Array
  readonly groupStart: Int32Array
  /** Top of each group, its heading included, and the full height at the end. */
  readonly groupTop: Float64Array
}

/** A row may become this much higher than asked for in order to fill the width; beyond that it is left unfilled. */
export const MAX_STRETCH = 1.6

const MIN_ASPECT = 0.05
const MAX_ASPECT = 100

/**
 * Lays photos out in justified rows: they keep their shape and order, and each row has one height and fills the width. A
 * row is closed where its height comes nearest to the one asked for. The last row of a group is not stretched. Edges lie
 * on whole pixels.
 */
export function justify(aspects: ArrayLike<number>, options: LayoutOptions): GridLayout {
  const { gap = 4, groups = [0], headingHeight = 0 } = options
  const count = aspects.length
  const width = Math.max(1, Math.floor(options.width))
  const target = Math.max(1, options.rowHeight)
  const left = new Float32Array(count)
  const itemWidth = new Float32Array(count)
  const rowOf = new Int32Array(count)
  const rowStart = new Int32Array(count + 1)
  const rowTop = new Float64Array(count)
  const rowHeight = new Float32Array(count)
  const groupCount = count === 0 ? 0 : groups.length
  const groupStart = new Int32Array(groupCount)
  const groupTop = new Float64Array(groupCount + 1)
  let rows = 0
  let top = 0

  const closeRow = (start: number, end: number, sum: number, fill: boolean): void => {
    const room = Math.max(1, width - gap * (end - start - 1))
    const exact = fill ? room / sum : Math.min(target, room / sum)
    const height = Math.max(1, Math.round(exact))
    let shape = 0
    for (let i = start; i < end; i++) {
      const from = Math.round(shape * exact)
      shape += aspectAt(aspects, i)
      left[i] = from + gap * (i - start)
      itemWidth[i] = Math.max(1, Math.round(shape * exact) - from)
      rowOf[i] = rows
    }
    rowStart[rows] = start
    rowTop[rows] = top
    rowHeight[rows] = height
    rows++
    top += height + gap
  }

  for (let group = 0; group < groupCount; group++) {
    const begin = groups[group]!
    const end = group + 1 < groupCount ? groups[group + 1]! : count
    groupStart[group] = begin
    groupTop[group] = top
    top += headingHeight
    let start = begin
    let sum = 0
    for (let i = begin; i < end; i++) {
      const aspect = aspectAt(aspects, i)
      const after = (width - gap * (i - start)) / (sum + aspect)
      if (after > target) {
        sum += aspect
        continue
      }
      // With this photo the row is lower than asked for, without it higher: the nearer one wins.
      const without = sum === 0 ? Infinity : (width - gap * (i - start - 1)) / sum / target
      if (target / after > without) {
        closeRow(start, i, sum, without <= MAX_STRETCH)
        start = i
        sum = 0
      }
      sum += aspect
      // A panorama that fills a row alone closes it at once.
      if (start < i || width / aspect <= target) {
        closeRow(start, i + 1, sum, true)
        start = i + 1
        sum = 0
      }
    }
    if (start < end) {
      const height = (width - gap * (end - start - 1)) / sum
      closeRow(start, end, sum, height <= target * 1.05)
    }
  }
  rowStart[rows] = count
  groupTop[groupCount] = top
  return {
    count,
    width,
    gap,
    height: Math.max(0, top - gap),
    left,
    itemWidth,
    rowOf,
    rowStart: rowStart.subarray(0, rows + 1),
    rowTop: rowTop.subarray(0, rows),
    rowHeight: rowHeight.subarray(0, rows),
    groupStart,
    groupTop,
  }
}

function aspectAt(aspects: ArrayLike<number>, index: number): number {
  const aspect = aspects[index]!
  return aspect > MIN_ASPECT ? (aspect < MAX_ASPECT ? aspect : MAX_ASPECT) : MIN_ASPECT
}

/** Returns the last index in an ascending column whose value is not above the given one, or 0 if all are. */
export function lastNotAbove(column: ArrayLike<number>, value: number): number {
  let low = 0
  let high = column.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (column[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}

/** Returns the photos whose rows meet the stretch from `from` to `to`: first index, and the one after the last. */
export function itemsBetween(layout: GridLayout, from: number, to: number): readonly [number, number] {
  if (layout.count === 0) return [0, 0]
  const first = lastNotAbove(layout.rowTop, from)
  const last = lastNotAbove(layout.rowTop, to)
  return [layout.rowStart[first]!, layout.rowStart[last + 1]!]
}

export type Move = 'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'page-up' | 'page-down'

/** Returns where a move leads from a photo. Up and down lead to the photo whose middle is nearest. */
export function moveFrom(layout: GridLayout, index: number, move: Move, pageHeight = 0): number {
  const last = layout.count - 1
  if (last < 0) return -1
  const row = layout.rowOf[index] ?? 0
  switch (move) {
    case 'left':
      return Math.max(0, index - 1)
    case 'right':
      return Math.min(last, index + 1)
    case 'home':
      return 0
    case 'end':
      return last
    case 'up':
      return row === 0 ? index : nearestInRow(layout, row - 1, middleOf(layout, index))
    case 'down':
      return row === layout.rowTop.length - 1 ? index : nearestInRow(layout, row + 1, middleOf(layout, index))
    case 'page-up':
    case 'page-down': {
      const by = move === 'page-up' ? -pageHeight : pageHeight
      const to = lastNotAbove(layout.rowTop, layout.rowTop[row]! + by)
      return nearestInRow(layout, to, middleOf(layout, index))
    }
  }
}

const middleOf = ({ left, itemWidth }: GridLayout, index: number): number =>
  left[index]! + itemWidth[index]! / 2

function nearestInRow(layout: GridLayout, row: number, middle: number): number {
  let best = layout.rowStart[row]!
  for (let i = best + 1; i < layout.rowStart[row + 1]!; i++)
    if (Math.abs(middleOf(layout, i) - middle) < Math.abs(middleOf(layout, best) - middle)) best = i
  return best
}
