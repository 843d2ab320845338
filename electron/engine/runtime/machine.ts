import { availableParallelism, loadavg } from 'node:os'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineState } from '../../shared/machine-state.ts'
import type { MachineBusy } from '../../shared/training-wait.ts'
import { CpuLoad } from './cpu-load.ts'

/** Where Linux lists batteries and mains. */
const POWER = '/sys/class/power_supply'
/** Above this share of its cores the machine counts as busy. */
const BUSY = 0.75

/** What this machine says of itself; only tests give something else. */
export interface MachineSources {
  /** Where batteries are listed. */
  readonly power: string
  /** Programs that want a core, on average over a minute; 0 where the system does not count them. */
  readonly load: () => number
  readonly cores: number
  readonly cpuLoad: CpuLoad
}

/** Knows whether the machine has room for long work. What neither system nor host tells counts as room. */
export class Machine {
  readonly #sources: MachineSources
  #reported: MachineState | undefined

  constructor(sources: Partial<MachineSources> = {}) {
    const here = { power: POWER, load: () => loadavg()[0] ?? 0, cores: availableParallelism() }
    this.#sources = { ...here, cpuLoad: new CpuLoad(), ...sources }
  }

  /** Keeps watching the cores. Only hosts that run for long need that. */
  watch(): void {
    this.#sources.cpuLoad.watch()
  }

  stop(): void {
    this.#sources.cpuLoad.stop()
  }

  /** To be called with what the host knows, whenever that may have changed. */
  report(state: MachineState): void {
    this.#reported = state
  }

  /** Since when nobody has touched the computer, in milliseconds since 1970; undefined where the host does not know. */
  get untouchedSince(): number | undefined {
    return this.#reported?.untouchedSince
  }

  /**
   * Returns why long work should wait; null when the machine is free.
   * @param own cores that this work itself keeps busy
   */
  whyBusy(own = 0): MachineBusy | null {
    const { onBattery = false, hot = false } = this.#reported ?? {}
    if (onBattery || isOnBattery(this.#sources.power)) return 'on-battery'
    if (hot) return 'hot'
    if (this.isLoaded(own)) return 'busy'
    return null
  }

  /** Whether other programs keep the machine busy. */
  isLoaded(own = 0): boolean {
    const { load, cores, cpuLoad } = this.#sources
    const wanted = load()
    // Windows always says 0.
    const share = wanted > 0 ? wanted / cores : cpuLoad.share()
    return share - own / cores > BUSY
  }
}

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
