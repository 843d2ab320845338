import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { candidatesFor } from '../../../../../electron/engine/vision/runtimes/candidates.ts'
import {
  driverVersions,
  linuxGraphics,
  machineFacts,
} from '../../../../../electron/engine/vision/runtimes/machine-facts.ts'
import {
  BenchmarkResults,
  type BenchmarkResult,
} from '../../../../../electron/engine/vision/runtimes/benchmark-results.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()

describe('the runtimes to choose from', () => {
  const names = (platform: NodeJS.Platform): string[] => candidatesFor(platform).map(({ name }) => name)

  it('are those of the system, the one that works anywhere last', () => {
    expect(names('linux')).toEqual(['onnxruntime-cuda', 'onnxruntime-webgpu', 'tfjs-node-gpu', 'tfjs-wasm'])
    expect(names('win32')).toEqual([
      'onnxruntime-directml',
      'onnxruntime-webgpu',
      'tfjs-node-gpu',
      'tfjs-wasm',
    ])
    expect(names('darwin')).toEqual(['onnxruntime-coreml', 'onnxruntime-webgpu', 'tfjs-wasm'])
  })
})

describe('what was measured on a machine', () => {
  const result: BenchmarkResult = {
    measuredAt: 5,
    rows: [
      {
        ...{ runtime: 'onnxruntime-cpu', state: 'fits', reason: null },
        ...{ photosPerSecond: 400, lowestCosine: 1, chosen: true },
      },
    ],
  }
  const open = (file: string, machine = ['a']): BenchmarkResults => new BenchmarkResults(file, machine)

  it('is kept for each network, and found again by the next process', () => {
    const file = join(scratch.folder(), 'not', 'there', 'runtimes.json')
    expect(open(file).of('x')).toBeUndefined()
    open(file).keep('x', result)
    open(file).keep('y', { ...result, measuredAt: 6 })
    expect(open(file).of('x')).toEqual(result)
    expect(open(file).of('y')?.measuredAt).toBe(6)
  })

  it('counts for that machine only', () => {
    const file = join(scratch.folder(), 'runtimes.json')
    open(file).keep('x', result)
    expect(open(file, ['a', 'new card']).of('x')).toBeUndefined()
    open(file, ['b']).keep('y', result)
    expect(open(file).of('x')).toBeUndefined()
    expect(open(file, ['b']).of('y')).toEqual(result)
  })

  it.each(['', '{', '[]', '{"machine":["a"],"networks":{"x":{"measuredAt":1,"rows":[{"runtime":7}]}}}'])(
    'is measured again where the file holds %j',
    text => {
      const file = join(scratch.folder(), 'runtimes.json')
      writeFileSync(file, text)
      expect(open(file).of('x')).toBeUndefined()
      open(file).keep('x', result)
      expect(open(file).of('x')).toEqual(result)
    },
  )

  it('may be lost without anybody noticing', () => {
    const folder = scratch.folder()
    writeFileSync(join(folder, 'in the way'), '')
    expect(() => open(join(folder, 'in the way', 'runtimes.json')).keep('x', result)).not.toThrow()
  })

  it('leaves no half-written file behind', () => {
    const file = join(scratch.folder(), 'runtimes.json')
    open(file).keep('x', result)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('networks.x')
  })
})

describe('what a machine is told apart by', () => {
  function system(files: Readonly<Record<string, string>>): string {
    const root = scratch.folder()
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    return root
  }

  it('is, on Linux, its cards, NVIDIA’s driver and the Vulkan drivers', () => {
    const root = system({
      'sys/class/drm/card1/device/vendor': '0x10de\n',
      'sys/class/drm/card1/device/device': '0x2504\n',
      'sys/class/drm/card1-HDMI-A-1/status': 'connected\n',
      'proc/driver/nvidia/version': 'NVRM version: 550.54.14\nGCC version: 12\n',
      'usr/share/vulkan/icd.d/nvidia_icd.json': '{}',
    })
    const icd = join(root, 'usr/share/vulkan/icd.d/nvidia_icd.json')
    utimesSync(icd, 0, 0)
    const before = linuxGraphics(root)
    expect(before).toEqual([
      'card 0x10de:0x2504',
      'NVRM version: 550.54.14',
      'vulkan nvidia_icd.json 1970-01-01T00:00:00.000Z',
    ])
    utimesSync(icd, 1e6, 1e6)
    expect(linuxGraphics(root)).not.toEqual(before)
    rmSync(root, { recursive: true })
    expect(linuxGraphics(root)).toEqual([])
  })

  it('is, on Windows, the version of each adapter’s driver', () => {
    const text = String.raw`
HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}\0000
    DriverVersion    REG_SZ    31.0.101.4502

HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}\0001
    DriverVersion    REG_SZ    31.0.15.5222
`
    expect(driverVersions(text.replaceAll('\n', '\r\n'))).toEqual([
      'adapter 0000 driver 31.0.101.4502',
      'adapter 0001 driver 31.0.15.5222',
    ])
  })

  it('stays the same as long as nothing changes', async () => {
    const facts = await machineFacts()
    expect(facts).toEqual(await machineFacts())
    expect(facts[0]).toMatch(/^kindred \d/)
  })
})
