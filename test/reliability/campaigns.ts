import { bombs } from './bombs.ts'
import type { Campaign } from './campaign.ts'
import { damagedCatalog } from './damaged-catalog.ts'
import { damagedIndex } from './damaged-index.ts'
import { damagedLock } from './damaged-lock.ts'
import { damagedThumbnails } from './damaged-thumbnails.ts'
import { freeThread } from './free-thread.ts'
import { fullDisk } from './full-disk.ts'
import { fuzzMessages } from './fuzz-messages.ts'
import { gateAA } from './gate-aa.ts'
import { hostileNetworks } from './hostile-networks.ts'
import { killEdits } from './kill-edits.ts'
import { killImport } from './kill-import.ts'
import { killIndexSave } from './kill-index-save.ts'
import { killMigration } from './kill-migration.ts'
import { killRestore } from './kill-restore.ts'
import { killSwitch } from './kill-switch.ts'
import { killTraining } from './kill-training.ts'
import { mutatedImages } from './mutated-images.ts'
import { nativeFuzz } from './native-fuzz.ts'
import { parentDeath } from './parent-death.ts'
import { powerCut } from './power-cut.ts'
import { randomUse } from './random-use.ts'
import { specialFiles } from './special-files.ts'
import { watching } from './watching.ts'

/** All campaigns, in the order of the table. */
export const campaigns: readonly Campaign[] = [
  killImport,
  killEdits,
  watching,
  killTraining,
  killSwitch,
  killMigration,
  killRestore,
  damagedCatalog,
  powerCut,
  fullDisk,
  damagedLock,
  nativeFuzz,
  damagedThumbnails,
  gateAA,
  killIndexSave,
  damagedIndex,
  fuzzMessages,
  parentDeath,
  freeThread,
  randomUse,
  specialFiles,
  mutatedImages,
  hostileNetworks,
  bombs,
]
