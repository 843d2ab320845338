import type { Scene } from './drawing/scene.ts'
import { auroras } from './scenes/auroras.ts'
import { autumnWoods } from './scenes/autumn-woods.ts'
import { balloons } from './scenes/balloons.ts'
import { blossoms } from './scenes/blossoms.ts'
import { cityNights } from './scenes/city-nights.ts'
import { canalHouses } from './scenes/canal-houses.ts'
import { candles } from './scenes/candles.ts'
import { citrus } from './scenes/citrus.ts'
import { coffee } from './scenes/coffee.ts'
import { leaves } from './scenes/leaves.ts'
import { dunes } from './scenes/dunes.ts'
import { jellyfish } from './scenes/jellyfish.ts'
import { meadows } from './scenes/meadows.ts'
import { mountains } from './scenes/mountains.ts'
import { sailboats } from './scenes/sailboats.ts'
import { sunsets } from './scenes/sunsets.ts'

/** All kinds, in the order in which they are shown. */
export const scenes: readonly Scene[] = [
  sunsets,
  mountains,
  cityNights,
  meadows,
  blossoms,
  balloons,
  sailboats,
  autumnWoods,
  dunes,
  auroras,
  jellyfish,
  citrus,
  canalHouses,
  coffee,
  leaves,
  candles,
]
