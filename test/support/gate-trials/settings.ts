import type { Setting } from './trial.ts'

const bursts = 0.3
const later = { heldOutOnly: true, versions: 6 }

/** Versions of equal quality: none should be accepted. */
export const equalSettings: readonly Setting[] = [
  { name: '5 × 40, later training', kind: 'equal', shape: { albums: 5, photos: 40, bursts }, ...later },
  { name: '20 × 20, later training', kind: 'equal', shape: { albums: 20, photos: 20, bursts }, ...later },
  { name: '5 × 10', kind: 'equal', shape: { albums: 5, photos: 10 }, versions: 4 },
  { name: '2 × 10', kind: 'equal', shape: { albums: 2, photos: 10 }, versions: 4 },
  { name: '5 × 16 with bursts', kind: 'equal', shape: { albums: 5, photos: 16, bursts }, versions: 4 },
  { name: '6 × 20 with bursts', kind: 'equal', shape: { albums: 6, photos: 20, bursts }, versions: 4 },
]

/** Labels that mean nothing: none should be accepted. */
export const shuffledSettings: readonly Setting[] = [
  { name: '5 × 10', kind: 'gain', shape: { albums: 5, photos: 10, shuffled: true } },
  { name: '5 × 16 with bursts', kind: 'gain', shape: { albums: 5, photos: 16, bursts, shuffled: true } },
]

/** Labels that mean something, few as they are: as many as possible should be accepted. */
export const gainSettings: readonly Setting[] = [
  { name: '2 × 5', kind: 'gain', shape: { albums: 2, photos: 5 } },
  { name: '2 × 10', kind: 'gain', shape: { albums: 2, photos: 10 } },
  { name: '3 × 8', kind: 'gain', shape: { albums: 3, photos: 8 } },
  { name: '5 × 5', kind: 'gain', shape: { albums: 5, photos: 5 } },
  { name: '4 × 10', kind: 'gain', shape: { albums: 4, photos: 10 } },
  { name: '5 × 10', kind: 'gain', shape: { albums: 5, photos: 10 } },
  { name: '2 × 20', kind: 'gain', shape: { albums: 2, photos: 20 } },
  { name: '6 × 20 with bursts', kind: 'gain', shape: { albums: 6, photos: 20, bursts } },
]
