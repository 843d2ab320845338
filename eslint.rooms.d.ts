import type { Linter } from 'eslint'

export const engineRooms: readonly string[]
export const foldersWithin: Readonly<Record<string, readonly string[]>>
export const roomZones: readonly Linter.Config[]
