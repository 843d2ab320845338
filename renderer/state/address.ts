/** @file The address of a view: the part after `#`, which survives a reload and can be copied into another window. */
import type { Example } from '../../electron/shared/contract.ts'
import { asGiven, noFilter, type Filter } from './filter.ts'
import type { QuerySpec, Route } from './navigation.svelte.ts'

const plain = ['ask', 'model', 'failed', 'settings'] as const

export function addressOf(route: Route): string {
  if (route.view === 'library') return route.order === 'recent' ? '#/recent' : '#/'
  if (route.view === 'album') return `#/album/${route.album}`
  if (route.view === 'folder') return `#/folder?${plainly(new URLSearchParams({ path: route.folder }))}`
  if (route.view !== 'results') return `#/${route.view}`
  return `#/similar?${queryText(route.query)}`
}

/** Returns the view at an address, or undefined where it names none. */
export function routeAt(address: string): Route | undefined {
  const [path = '', search = ''] = address.replace(/^#/, '').split('?', 2)
  const [, view = '', id = ''] = path.split('/')
  if (path === '/') return { view: 'library' }
  if (view === 'recent') return { view: 'library', order: 'recent' }
  if (view === 'album' && isId(id)) return { view: 'album', album: Number(id) }
  const folder = view === 'folder' && new URLSearchParams(search).get('path')
  if (folder) return { view: 'folder', folder }
  if (view === 'similar') return resultsAt(new URLSearchParams(search))
  const named = plain.find(name => name === view)
  return named && { view: named }
}

function resultsAt(search: URLSearchParams): Route | undefined {
  const examplesOf = (side: string): Example[] => search.getAll(side).flatMap(text => exampleIn(text) ?? [])
  const examples = examplesOf('like')
  if (examples.length === 0) return undefined
  return { view: 'results', query: { examples, not: examplesOf('not'), filter: filterIn(search) } }
}

function queryText({ examples, not, filter }: QuerySpec): string {
  const search = new URLSearchParams()
  for (const example of examples) search.append('like', exampleText(example))
  for (const example of not) search.append('not', exampleText(example))
  for (const [name, value] of Object.entries(asGiven(filter ?? noFilter)))
    for (const one of [value].flat()) search.append(name, String(one))
  return plainly(search)
}

/** Without the escapes of what is plain to read in an address and needs none there. */
const plainly = (search: URLSearchParams): string =>
  search.toString().replaceAll('%2C', ',').replaceAll('%40', '@').replaceAll('%2F', '/')

/** As in `12`, `12*2` (weight), `12*2@0.1,0.2,0.5,0.5` (crop: x, y, width, height), `file:token`. */
function exampleText(example: Example): string {
  const name = 'photo' in example ? String(example.photo) : `file:${example.upload}`
  const { weight, crop } = example
  const box = crop && [crop.x, crop.y, crop.width, crop.height].map(share => Number(share.toFixed(4)))
  return `${name}${weight === undefined ? '' : `*${weight}`}${box ? `@${box.join(',')}` : ''}`
}

function exampleIn(text: string): Example | undefined {
  const parts =
    /^(?:file:(?<upload>[\w-]+)|(?<photo>\d+))(?:\*(?<weight>[\d.]+))?(?:@(?<box>[\d.,]+))?$/.exec(
      text,
    )?.groups
  if (!parts) return undefined
  const { upload, photo, weight, box } = parts
  if (photo !== undefined && !isId(photo)) return undefined
  const [x, y, width, height] = box?.split(',').map(Number) ?? []
  const crop = height === undefined ? {} : { crop: { x: x!, y: y!, width: width!, height } }
  const rest = { ...(weight === undefined ? {} : { weight: Number(weight) }), ...crop }
  return photo === undefined ? { upload: upload!, ...rest } : { photo: Number(photo), ...rest }
}

function filterIn(search: URLSearchParams): Filter {
  const ids = (name: string): number[] => search.getAll(name).filter(isId).map(Number)
  const time = (name: string): number | undefined => {
    const text = search.get(name)
    return text === null || !Number.isFinite(Number(text)) ? undefined : Number(text)
  }
  const shapes = (['landscape', 'portrait', 'square'] as const).filter(shape =>
    search.getAll('shapes').includes(shape),
  )
  const kinds = (['photo', 'video'] as const).filter(kind => search.getAll('kinds').includes(kind))
  return {
    albums: ids('albums'),
    notAlbums: ids('notAlbums'),
    noAlbum: search.has('noAlbum'),
    folders: search.getAll('folders'),
    cameras: search.getAll('cameras'),
    formats: search.getAll('formats'),
    shapes,
    kinds,
    takenFrom: time('takenFrom'),
    takenBefore: time('takenBefore'),
  }
}

const isId = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text)
