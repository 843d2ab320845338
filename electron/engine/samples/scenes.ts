import type { Scene } from './scene.ts'
import { balloons } from './scenes/balloons.ts'
import { blossoms } from './scenes/blossoms.ts'
import { cityNights } from './scenes/city-nights.ts'
import { meadows } from './scenes/meadows.ts'
import { mountains } from './scenes/mountains.ts'
import { sunsets } from './scenes/sunsets.ts'

/** All kinds, in the order in which they are shown. */
export const scenes: readonly Scene[] = [sunsets, mountains, cityNights, meadows, blossoms, balloons]
