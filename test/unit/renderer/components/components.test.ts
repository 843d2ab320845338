// @vitest-environment jsdom
import { describe, expect, test, vi } from 'vitest'
import Histogram from '../../../../renderer/components/Histogram.svelte'
import Markdown from '../../../../renderer/components/Markdown.svelte'
import ProgressBar from '../../../../renderer/components/ProgressBar.svelte'
import RuntimeTable from '../../../../renderer/components/RuntimeTable.svelte'
import { formatPercent } from '../../../../renderer/locales/i18n.ts'
import { histogramOf } from '../../../../renderer/state/histogram.ts'
import { show } from './shown.ts'

describe('histogram with handles', () => {
  const scores = Array.from({ length: 81 }, (_, i) => 0.1 + i / 100)
  const histogram = histogramOf(scores)
  const slider = (root: HTMLElement, name: string): HTMLElement =>
    root.querySelector<HTMLElement>(`[role=slider][aria-label="${name}"]`)!

  test('names both handles and their scores', () => {
    const root = show(Histogram, {
      histogram,
      min: 0,
      max: 1,
      suggested: 0,
      words: formatPercent,
      onchange: () => undefined,
    })
    expect(slider(root, 'Lowest score').getAttribute('aria-valuetext')).toBe('10%')
    expect(slider(root, 'Highest score').getAttribute('aria-valuetext')).toBe('90%')
    expect(root.querySelectorAll('rect.inside')).toHaveLength(histogram.bins.length)
  })

  test.each([
    ['Lowest score', 'ArrowRight', 0.31, 0.7],
    ['Lowest score', 'Home', 0, 0.7],
    ['Lowest score', 'End', 0.7, 0.7],
    ['Highest score', 'PageDown', 0.3, 0.6],
    ['Highest score', 'End', 0.3, 1],
    ['Highest score', 'Home', 0.3, 0.3],
  ])('moves the handle %s with %s', (name, key, min, max) => {
    const onchange = vi.fn()
    const root = show(Histogram, {
      histogram,
      min: 0.3,
      max: 0.7,
      suggested: 0,
      words: formatPercent,
      onchange,
    })
    slider(root, name).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    expect(onchange).toHaveBeenCalledExactlyOnceWith(min, max)
  })

  test('leaves Alt with an arrow key to the navigation', () => {
    const onchange = vi.fn()
    const root = show(Histogram, {
      histogram,
      min: 0.3,
      max: 0.7,
      suggested: 0,
      words: formatPercent,
      onchange,
    })
    const event = new KeyboardEvent('keydown', {
      key: 'ArrowLeft',
      altKey: true,
      bubbles: true,
      cancelable: true,
    })
    slider(root, 'Lowest score').dispatchEvent(event)
    expect(onchange).not.toHaveBeenCalled()
    expect(event.defaultPrevented).toBe(false)
  })

  test('shades what lies outside the limits', () => {
    const root = show(Histogram, {
      histogram,
      min: 0.5,
      max: 0.6,
      suggested: 0,
      words: formatPercent,
      onchange: () => undefined,
    })
    const inside = root.querySelectorAll('rect.inside').length
    expect(inside).toBeGreaterThan(4)
    expect(inside).toBeLessThan(12)
  })
})

describe('histogram with a suggested end', () => {
  const histogram = histogramOf([0.2, 0.3, 0.9])
  const cuts = (suggested: number): number =>
    show(Histogram, {
      histogram,
      min: 0,
      max: 1,
      suggested,
      words: formatPercent,
      onchange: () => undefined,
    }).querySelectorAll('.cut').length

  test('marks it, where there is one', () => {
    expect([cuts(0.5), cuts(0)]).toEqual([1, 0])
  })
})

describe('markdown', () => {
  test('shows headings, tables, bold and code, and HTML as the text it is', () => {
    const text =
      '# Title\n\nSome **bold** and `code` <img src=x onerror=alert(1)>\n\n| a | b |\n| --- | --- |\n| 1 | 2 |'
    const root = show(Markdown, { text })
    expect(root.querySelector('h3')?.textContent).toBe('Title')
    expect(root.querySelector('strong')?.textContent).toBe('bold')
    expect(root.querySelector('code')?.textContent).toBe('code')
    expect(root.querySelector('img')).toBeNull()
    expect(root.textContent).toContain('<img src=x onerror=alert(1)>')
    expect([...root.querySelectorAll('th, td')].map(cell => cell.textContent)).toEqual(['a', 'b', '1', '2'])
  })
})

describe('progress bar', () => {
  test('has a value when the share is known, and none otherwise', () => {
    const bar = (share: number | undefined): Element =>
      show(ProgressBar, { share, label: 'Adding photos' }).querySelector('[role=progressbar]')!
    expect(bar(0.424).getAttribute('aria-valuenow')).toBe('42')
    expect(bar(undefined).hasAttribute('aria-valuenow')).toBe(false)
    expect(bar(1).getAttribute('aria-label')).toBe('Adding photos')
  })
})

describe('runtime table', () => {
  const row = { reason: null, photosPerSecond: 400, lowestCosine: 1, chosen: false } as const

  test('shows for each runtime how fast it is or why it is not used, and marks the one in use', () => {
    const rows = [
      { ...row, runtime: 'onnxruntime-cpu', state: 'fits', chosen: true },
      {
        ...row,
        runtime: 'onnxruntime-webgpu',
        state: 'slow',
        photosPerSecond: 0.19,
        lowestCosine: 0.9999994,
      },
      {
        ...row,
        runtime: 'tfjs-node-gpu',
        state: 'absent',
        reason: 'No.',
        photosPerSecond: null,
        lowestCosine: null,
      },
      { ...row, runtime: 'one of tomorrow', state: 'dropped', reason: 'It hung.' },
    ] as const
    const root = show(RuntimeTable, { rows, labelledby: 'title' })
    expect(root.querySelector('table')!.getAttribute('aria-labelledby')).toBe('title')
    const cells = [...root.querySelectorAll('tbody tr')].map(line =>
      [...line.children].map(cell => cell.textContent.replace(/\s+/g, ' ').trim()),
    )
    expect(cells).toEqual([
      ['Processor', '400', '1', 'In use'],
      ['Graphics card (WebGPU)', '0.2', '0.999999', 'Too slow'],
      ['NVIDIA GPU (TensorFlow) No.', '–', '–', 'Not available'],
      ['one of tomorrow It hung.', '400', '1', 'Stopped after an error'],
    ])
  })
})
