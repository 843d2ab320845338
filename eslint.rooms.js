/**
 * The rooms of the house, each importing only what stands below it. Proven by lint (eslint.config.js) and by
 * test/unit/architecture.test.ts.
 */

/** Rooms of electron/engine, from the roof to the ground floor. engine.ts, the composition root, stands above them. */
export const engineRooms = [
  'api',
  'diagnostics',
  'learning',
  'import',
  'retrieval',
  'vision',
  'media',
  'library',
  'runtime',
]

/** Folders within a room in the same order; '.' stands for the files that lie in the room itself. */
export const foldersWithin = {
  diagnostics: ['bench', '.'],
  learning: ['versions', 'deep', 'training', 'evaluation', 'labels'],
  retrieval: ['.', 'calibration', 'index', 'stores'],
  vision: ['.', 'regions', 'external', 'runtimes', 'onnx-graph', 'tensors', 'network', 'head'],
  import: ['watching', '.'],
  media: ['.', 'video', 'metadata', 'decoders', 'formats'],
  library: ['rescue', 'journal', 'catalog', '.'],
  runtime: ['jobs', 'threads', '.'],
}

const noElectron = {
  regex: '^electron($|/)',
  message: 'Only electron/main and electron/preload may import electron.',
}
const noNode = { regex: '^node:', message: 'This code runs anywhere: no node: modules.' }
const noHosts = { regex: '/(hosts|main|preload)/', message: 'The engine knows nothing of its hosts.' }
const noEngine = { regex: '/engine/', message: 'Reach the engine through the contract.' }
const noRenderer = { regex: '/renderer/', message: 'The renderer is reached through the contract only.' }
const noTests = { regex: '/test/', message: 'Product code never imports test code.' }
const noSamples = { regex: '/samples/', message: 'Only hosts and the build draw samples.' }
const onlyShared = {
  regex: '/(electron/(?!shared/)|native/|renderer/)',
  message: 'Samples import electron/shared and packages only.',
}

const zone = (files, forbidden) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }] },
})

const escaped = name => name.replaceAll('.', '\\.')

/** What a room may not import: the composition root and the rooms above it. */
const above = room => [
  { regex: '(^|/)engine\\.ts$', message: 'Only hosts import the composition root.' },
  ...engineRooms.slice(0, engineRooms.indexOf(room)).map(other => ({
    regex: `^(\\.\\./)+${escaped(other)}/`,
    message: `${room} stands below ${other}: rooms import only downward (eslint.rooms.js).`,
  })),
]

/** What a folder of a room may not import of the same room. */
function aboveWithin(folder, folders) {
  return folders.slice(0, folders.indexOf(folder)).map(other => ({
    regex:
      other === '.'
        ? '^\\.\\./[^./][^/]*$'
        : folder === '.'
          ? `^\\./${escaped(other)}/`
          : `^(\\.\\./)+${escaped(other)}/`,
    message: `${folder} stands below ${other}: folders of a room import only downward (eslint.rooms.js).`,
  }))
}

function engineZones() {
  const common = [noElectron, noHosts, noRenderer, noTests, noSamples]
  return engineRooms.flatMap(room => {
    const outside = [...common, ...above(room)]
    const folders = foldersWithin[room] ?? []
    return [
      zone([`electron/engine/${room}/**`], outside),
      ...folders.map(folder =>
        zone(
          [folder === '.' ? `electron/engine/${room}/*.ts` : `electron/engine/${room}/${folder}/**`],
          [...outside, ...aboveWithin(folder, folders)],
        ),
      ),
    ]
  })
}

/** One lint zone for each room of the house. */
export const roomZones = [
  zone(['electron/shared/**'], [noElectron, noNode, noHosts, noEngine, noRenderer, noTests, noSamples]),
  zone(['electron/engine/engine.ts'], [noElectron, noHosts, noRenderer, noTests, noSamples]),
  ...engineZones(),
  zone(['electron/hosts/**'], [noElectron, noRenderer, noTests]),
  zone(['electron/main/**'], [noEngine, noRenderer, noTests, noSamples]),
  zone(['electron/preload/**'], [noEngine, noNode, noRenderer, noTests, noSamples]),
  zone(['renderer/**'], [noElectron, noNode, noHosts, noEngine, noTests, noSamples]),
  zone(['native/**'], [noElectron, noHosts, noEngine, noRenderer, noTests, noSamples]),
  zone(['samples/**'], [noElectron, onlyShared, noTests]),
]
