import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isOnBattery, whyMachineIsBusy } from '../../../../electron/engine/runtime/machine.ts'
import { Scratch } from '../scratch.ts'

const scratch = new Scratch()

type Supply = Readonly<Record<string, string>>

/** What Linux would tell under /sys/class/power_supply. */
function powerSupplies(supplies: Readonly<Record<string, Supply>>): string {
  const folder = scratch.folder()
  for (const [name, files] of Object.entries(supplies)) {
    mkdirSync(join(folder, name))
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`)
  }
  return folder
}

const mains = (online: string): Supply => ({ type: 'Mains', online })
const battery = (status: string): Supply => ({ type: 'Battery', status, capacity: '56', present: '1' })

describe('machine', () => {
  test.each<[string, Readonly<Record<string, Supply>>, boolean]>([
    ['without batteries', { AC: mains('1') }, false],
    ['that tells nothing', {}, false],
    ['plugged in', { AC: mains('1'), BAT0: battery('Charging') }, false],
    ['plugged in and full', { AC: mains('1'), BAT0: battery('Full') }, false],
    ['that spares its battery', { AC: mains('1'), BAT0: battery('Not charging') }, false],
    ['unplugged', { AC: mains('0'), BAT0: battery('Discharging') }, true],
    ['with two batteries, one of them in use', { BAT0: battery('Full'), BAT1: battery('Discharging') }, true],
    [
      'with a mouse of its own battery',
      { AC: mains('1'), hid: { ...battery('Discharging'), scope: 'Device' } },
      false,
    ],
    ['with a scope that says so', { BAT0: { ...battery('Discharging'), scope: 'System' } }, true],
    ['with a battery that tells nothing', { BAT0: { type: 'Battery' } }, false],
    ['with something else', { ucsi: { type: 'USB', status: 'Discharging' } }, false],
  ])('%s', (_, supplies, expected) => {
    const folder = powerSupplies(supplies)
    expect(isOnBattery(folder)).toBe(expected)
    expect(whyMachineIsBusy(0, folder, 0)).toBe(expected ? 'The computer runs on its battery.' : null)
  })

  test('that is no Linux has room', () => {
    expect(isOnBattery(join(scratch.folder(), 'nowhere'))).toBe(false)
    expect(whyMachineIsBusy(0, join(scratch.folder(), 'nowhere'), 0)).toBeNull()
  })

  test('is busy above three quarters of its cores', () => {
    const folder = powerSupplies({})
    const cores = availableParallelism()
    expect(whyMachineIsBusy(0, folder, 0.7 * cores)).toBeNull()
    expect(whyMachineIsBusy(0, folder, 0.8 * cores)).toMatch(/busy/)
    // What asks is not busy by itself.
    expect(whyMachineIsBusy(1, folder, 0.8 * cores + 1)).toMatch(/busy/)
    expect(whyMachineIsBusy(1, folder, 0.7 * cores + 1)).toBeNull()
  })
})
