import type { Page } from 'playwright-core'

export const SCROLL_SECONDS = 12
/** A brisk flick of the wheel, in pixels a second, at which photos should still be seen. */
export const FLICK = 7200

/** Scrolls from top to end. */
export async function scrollThrough(
  page: Page,
): Promise<{ frames: number; longest: number; over50: number }> {
  return page.evaluate(async seconds => {
    const scroller = document.querySelector('.scroller')!
    const end = scroller.scrollHeight - scroller.clientHeight
    const frames: number[] = []
    const started = performance.now()
    for (let last = started; last - started < seconds * 1000;) {
      scroller.scrollTop = (end * (last - started)) / (seconds * 1000)
      const now: number = await new Promise(resolve => requestAnimationFrame(resolve))
      frames.push(now - last)
      last = now
    }
    scroller.scrollTop = 0
    return {
      frames: frames.length,
      longest: Math.max(...frames),
      over50: frames.filter(ms => ms > 50).length,
    }
  }, SCROLL_SECONDS)
}

/** Share of the tiles in sight whose photos are not there yet, over all frames of scrolling through photos seen for the first time. */
export async function plainTiles(page: Page): Promise<number> {
  return page.evaluate(async speed => {
    const scroller = document.querySelector('.scroller')!
    const { top, bottom } = scroller.getBoundingClientRect()
    const from = scroller.scrollHeight / 3
    scroller.scrollTop = from
    await new Promise(resolve => setTimeout(resolve, 1000))
    let [plain, all] = [0, 0]
    const started = performance.now()
    for (let now = started; now - started < 5000;) {
      scroller.scrollTop = from + (speed * (now - started)) / 1000
      now = await new Promise(resolve => requestAnimationFrame(resolve))
      for (const image of scroller.querySelectorAll('.tile img')) {
        const box = image.getBoundingClientRect()
        if (box.bottom < top || box.top > bottom) continue
        all++
        if (!image.classList.contains('loaded')) plain++
      }
    }
    scroller.scrollTop = 0
    await new Promise(resolve => setTimeout(resolve, 500))
    return plain / all
  }, FLICK)
}
