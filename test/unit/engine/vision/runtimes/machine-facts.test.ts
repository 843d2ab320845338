import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  driverVersions,
  linuxGraphics,
  machineFacts,
} from '../../../../../electron/engine/vision/runtimes/machine-facts.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()

describe('machine facts', () => {
  /** Writes files as they lie in the file system of a Linux machine, and returns its root. */
  function system(files: Readonly<Record<string, string>>): string {
    const root = scratch.folder()
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    return root
  }

  test('are, on Linux, the graphics cards, NVIDIA’s driver and the Vulkan drivers', () => {
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

  test('are, on Windows, the version of each adapter’s driver', () => {
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

  test('stay the same as long as nothing changes', async () => {
    const facts = await machineFacts()
    expect(facts).toEqual(await machineFacts())
    expect(facts[0]).toMatch(/^kindred \d/)
  })
})
