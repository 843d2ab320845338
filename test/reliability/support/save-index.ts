/** @file Changes a library's index and saves it, again and again, until it is killed: `save-index.ts FOLDER SEED`. */
import { Random } from '../../../electron/shared/random.ts'
import { IndexLibrary } from './index-library.ts'

const [folder = '', seed = ''] = process.argv.slice(2)
const random = new Random(`save ${seed}`)
const library = new IndexLibrary(folder, random)
const { index } = await library.open()
for (;;) {
  // Some changes are still on their way when the file is written.
  const changes = [index.add(library.put(random.int(1, 60)))]
  const gone = random.shuffled(library.searchable()).slice(0, random.int(0, 60))
  library.take(gone)
  changes.push(index.remove(gone))
  if (random.chance(0.5)) await Promise.all(changes)
  console.log('saving')
  await index.save()
  await Promise.all(changes)
}
