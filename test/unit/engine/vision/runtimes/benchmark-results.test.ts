import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  BenchmarkResults,
  type BenchmarkResult,
} from '../../../../../electron/engine/vision/runtimes/benchmark-results.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()

describe('benchmark results', () => {
  const result: BenchmarkResult = {
    measuredAt: 5,
    rows: [
      {
        runtime: 'onnxruntime-cpu',
        state: 'fits',
        reason: null,
        photosPerSecond: 400,
        lowestCosine: 1,
        chosen: true,
      },
    ],
  }
  const open = (file: string, machine = ['a']): BenchmarkResults => new BenchmarkResults(file, machine)

  test('are kept for each network, and read by the next process', () => {
    const file = join(scratch.folder(), 'not', 'there', 'runtimes.json')
    expect(open(file).of('x')).toBeUndefined()
    open(file).keep('x', result)
    open(file).keep('y', { ...result, measuredAt: 6 })
    expect(open(file).of('x')).toEqual(result)
    expect(open(file).of('y')?.measuredAt).toBe(6)
  })

  test('hold for their machine only', () => {
    const file = join(scratch.folder(), 'runtimes.json')
    open(file).keep('x', result)
    expect(open(file, ['a', 'new card']).of('x')).toBeUndefined()
    open(file, ['b']).keep('y', result)
    expect(open(file).of('x')).toBeUndefined()
    expect(open(file, ['b']).of('y')).toEqual(result)
  })

  test.each(['', '{', '[]', '{"machine":["a"],"networks":{"x":{"measuredAt":1,"rows":[{"runtime":7}]}}}'])(
    'are replaced where the file holds %j',
    text => {
      const file = join(scratch.folder(), 'runtimes.json')
      writeFileSync(file, text)
      expect(open(file).of('x')).toBeUndefined()
      open(file).keep('x', result)
      expect(open(file).of('x')).toEqual(result)
    },
  )

  test('are lost without an error where the folder cannot be written', () => {
    const folder = scratch.folder()
    writeFileSync(join(folder, 'in the way'), '')
    expect(() => open(join(folder, 'in the way', 'runtimes.json')).keep('x', result)).not.toThrow()
  })

  test('are written as a whole file', () => {
    const file = join(scratch.folder(), 'runtimes.json')
    open(file).keep('x', result)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('networks.x')
  })
})
