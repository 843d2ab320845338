/** What a host knows of the machine and plain Node cannot find out. */
export interface MachineState {
  readonly onBattery: boolean
  /** The system slows itself down because it has grown hot. */
  readonly hot: boolean
  /** Since when nobody has touched keyboard or mouse, in milliseconds since 1970. */
  readonly untouchedSince: number
}

/** How the desktop's main process tells it to its engine. Pages send none: the relay passes on the contract alone. */
export interface MachineMessage {
  readonly type: 'machine'
  readonly state: MachineState
}

/** The state in a message of the host; undefined where the message is another or malformed. */
export function asMachineState(message: unknown): MachineState | undefined {
  const { type, state } = (message ?? {}) as Partial<Record<keyof MachineMessage, unknown>>
  if (type !== 'machine' || typeof state !== 'object' || state === null) return undefined
  const { onBattery, hot, untouchedSince } = state as Partial<Record<keyof MachineState, unknown>>
  return typeof onBattery === 'boolean' && typeof hot === 'boolean' && Number.isFinite(untouchedSince)
    ? { onBattery, hot, untouchedSince: untouchedSince as number }
    : undefined
}
