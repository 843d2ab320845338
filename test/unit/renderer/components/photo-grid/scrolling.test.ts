// @vitest-environment jsdom
import { tick } from 'svelte'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HEADING, PADDING } from '../../../../../renderer/components/photo-grid/layout.svelte.ts'
import { byPeriod } from '../../../../../renderer/components/photo-grid/periods.ts'
import type { ScrollPlace } from '../../../../../renderer/state/grid-place.svelte.ts'
import { Property, laidOut, scrollingOver, squares } from './made-grid.svelte.ts'

const scrollBy = (scrolling: ReturnType<typeof scrollingOver>, pixels: number): void => {
  scrolling.element!.scrollTop += pixels
  scrolling.scrolled()
}

describe('photo grid scrolling', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  test('draws the photos in sight and some around them, not all', () => {
    const layout = laidOut(squares(900), 612 + 2 * PADDING)
    const scrolling = scrollingOver(layout, 600)
    const [first, end] = scrolling.range
    expect(first).toBe(0)
    expect(end).toBeLessThan(30)
    expect(scrolling.visible).toEqual(Array.from({ length: end }, (_, i) => i))
    scrolling.scrollTo(10_000)
    expect(scrolling.range[0]).toBeGreaterThan(100)
    expect(scrolling.range[1]).toBeLessThan(200)
  })

  test('begins where the caller was, and reports where it is', async () => {
    const place = new Property<ScrollPlace>({ top: 3000 })
    const scrolling = scrollingOver(laidOut(squares(900), 644), 600, place)
    scrolling.followLayout()
    await tick()
    expect(scrolling.viewTop).toBe(3000)
    scrollBy(scrolling, 250)
    expect(place.value.top).toBe(3250)
  })

  test('goes there only when the layout is in the page, which has the height then', async () => {
    const place = new Property<ScrollPlace>({ top: 3000 })
    const layout = laidOut(squares(900), 0)
    const scrolling = scrollingOver(layout, 600, place)
    scrolling.followLayout()
    expect(place.value.top).toBe(3000)
    layout.width = 644
    scrolling.followLayout()
    expect([place.value.top, scrolling.viewTop, scrolling.restored]).toEqual([3000, 0, false])
    await tick()
    expect([place.value.top, scrolling.viewTop, scrolling.restored]).toEqual([3000, 3000, true])
  })

  test('keeps the photo at the top edge there when the width changes', async () => {
    const layout = laidOut(squares(900), 644)
    const scrolling = scrollingOver(layout, 600)
    scrolling.followLayout()
    await tick()
    scrollBy(scrolling, 20 * (layout.rows.rowHeight[0]! + layout.rows.gap))
    const row = layout.rows.rowStart.findIndex(start => start === scrolling.firstInSight())
    const photo = layout.rows.rowStart[row]!
    layout.width = 1100
    scrolling.followLayout()
    const { rowOf, rowTop, rowHeight } = layout.rows
    expect(Math.abs(rowTop[rowOf[photo]!]! - scrolling.viewTop)).toBeLessThanOrEqual(
      rowHeight[rowOf[photo]!]!,
    )
  })

  test('begins with the photo that was at the top edge, wherever that lies in another layout', async () => {
    const place = new Property<ScrollPlace>({ top: 0 })
    const before = scrollingOver(laidOut(squares(900), 644), 600, place)
    before.followLayout()
    await tick()
    scrollBy(before, 5000)
    const photo = before.firstInSight()
    const wider = laidOut(squares(900), 1100)
    const after = scrollingOver(wider, 600, place)
    after.followLayout()
    await tick()
    expect(after.viewTop).toBeLessThan(4000)
    const top = wider.rows.rowTop[wider.rows.rowOf[photo]!]!
    expect(Math.abs(top - after.viewTop)).toBeLessThanOrEqual(wider.rows.rowHeight[0]!)
    // A photo that is gone leaves the place in pixels.
    const others = { ...squares(900), ids: Array.from({ length: 900 }, (_, i) => -i - 1) }
    const without = scrollingOver(laidOut(others, 1100), 600, new Property<ScrollPlace>(place.value))
    without.followLayout()
    await tick()
    expect(without.viewTop).toBe(place.value.top)
  })

  test('stays at the top when it is there', async () => {
    const layout = laidOut(squares(900), 644)
    const scrolling = scrollingOver(layout, 600)
    scrolling.followLayout()
    await tick()
    layout.width = 1100
    scrolling.followLayout()
    expect(scrolling.viewTop).toBe(0)
  })

  test('scrolls as little as it takes to reveal a photo', () => {
    const layout = laidOut(squares(900), 644)
    const scrolling = scrollingOver(layout, 600)
    scrolling.reveal(3)
    expect(scrolling.viewTop).toBe(0)
    scrolling.reveal(90)
    const row = layout.rows.rowOf[90]!
    const bottom = layout.rows.rowTop[row]! + layout.rows.rowHeight[row]! + 2 * PADDING
    expect(scrolling.viewTop + 600).toBe(bottom)
    scrolling.revealIfHidden(90)
    expect(scrolling.viewTop + 600).toBe(bottom)
    scrolling.revealIfHidden(0)
    expect(scrolling.viewTop).toBe(0)
  })

  test('does not hide a photo that it reveals behind the heading', () => {
    const days = Array.from({ length: 90 }, (_, i) => Date.UTC(2024, 0, 40 - Math.floor(i / 30)))
    const layout = laidOut(squares(90), 660, { headings: byPeriod(days) })
    const scrolling = scrollingOver(layout, 400)
    scrolling.scrollTo(1e6)
    scrolling.reveal(33)
    expect(scrolling.viewTop).toBe(layout.rows.rowTop[layout.rows.rowOf[33]!]! - HEADING)
  })

  test('reaches both ends of a layout that is taller than a browser can scroll', () => {
    const layout = laidOut(squares(100_000), 200 + 2 * PADDING)
    const scrolling = scrollingOver(layout, 800)
    expect(scrolling.boxHeight).toBeLessThan(layout.height)
    scrolling.scrollTo(layout.height)
    expect(scrolling.viewTop + 800).toBe(layout.height)
    expect(scrolling.range[1]).toBe(100_000)
    const last = layout.rows.rowTop.at(-1)! - scrolling.shift
    expect(last).toBeGreaterThan(scrolling.element!.scrollTop)
    expect(last).toBeLessThan(scrolling.boxHeight)
    scrolling.scrollTo(0)
    expect([scrolling.viewTop, scrolling.range[0]]).toEqual([0, 0])
  })

  test('draws the headings near the view, each over its own photos', () => {
    const days = Array.from({ length: 600 }, (_, i) => Date.UTC(2024, 0, 40 - Math.floor(i / 30)))
    const layout = laidOut(squares(600), 660, { headings: byPeriod(days) })
    const scrolling = scrollingOver(layout, 400)
    scrolling.scrollTo(layout.rows.groupTop[10]! + 100)
    expect(scrolling.visibleGroups).toContain(10)
    expect(scrolling.visibleGroups.length).toBeLessThan(5)
    const { top, height } = scrolling.sectionOf(10)
    expect(top + scrolling.shift).toBe(layout.rows.groupTop[10])
    expect(top + scrolling.shift + height).toBeLessThanOrEqual(layout.rows.groupTop[11]!)
  })

  test('notices fast scrolling and its end', () => {
    const scrolling = scrollingOver(laidOut(squares(9000), 644), 600)
    vi.advanceTimersByTime(1000)
    scrollBy(scrolling, 100)
    expect(scrolling.fast).toBe(false)
    vi.advanceTimersByTime(10)
    scrollBy(scrolling, 4000)
    expect(scrolling.fast).toBe(true)
    vi.advanceTimersByTime(200)
    expect(scrolling.fast).toBe(false)
  })

  test('ignores what arrives after the grid is closed', () => {
    const place = new Property<ScrollPlace>({ top: 70 })
    const scrolling = scrollingOver(laidOut(squares(900), 644), 600, place)
    scrolling.element = null
    scrolling.scrolled()
    scrolling.scrollTo(500)
    expect(place.value.top).toBe(70)
  })
})
