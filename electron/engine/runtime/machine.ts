import { availableParallelism, loadavg } from 'node:os'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Linux lists batteries and mains. */
const POWER = '/sys/class/power_supply'
/** Above this load per core the machine counts as busy. */
const BUSY = 0.75

/**
 * Returns why long work should wait, in words; null when the machine is free. What the system does not report counts as
 * free.
 * @param own cores that this work itself keeps busy
 */
export function whyMachineIsBusy(own = 0, power = POWER, load: number = loadavg()[0]!): string | null {
  if (isOnBattery(power)) return 'The computer runs on its battery.'
  if (isLoaded(load - own)) return 'The computer is busy with other work.'
  return null
}

/** Whether other programs keep the machine busy. */
export const isLoaded = (load: number = loadavg()[0]!): boolean => load / availableParallelism() > BUSY

/** Whether the computer runs on its battery; false for one without a battery. */
export function isOnBattery(folder: string): boolean {
  try {
    const supplies = readdirSync(folder).map(name => ({
      type: read(join(folder, name, 'type')),
      status: read(join(folder, name, 'status')),
      scope: read(join(folder, name, 'scope')),
    }))
    // Scope "Device": the battery of a mouse or a headset.
    return supplies.some(
      ({ type, status, scope }) => type === 'Battery' && status === 'Discharging' && scope !== 'Device',
    )
  } catch {
    return false
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}
