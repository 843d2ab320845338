import { KindredError } from '../../../shared/errors.ts'

/** Characters of a name at most, as in the contract. */
export const NAME_LENGTH = 200

/**
 * The name as it is stored.
 * @throws KindredError `bad-argument`
 */
export function requireName(given: string): string {
  const name = given.trim().normalize()
  if (name === '')
    throw new KindredError('bad-argument', 'An album needs a name.', {
      details: { reason: 'bad-argument.album-unnamed' },
    })
  if (name.length > NAME_LENGTH)
    throw new KindredError('bad-argument', `The name of an album has ${NAME_LENGTH} characters at most.`, {
      details: { reason: 'bad-argument.album-name-long', most: NAME_LENGTH },
    })
  return name
}

/** The same text for names that differ only in case or in spaces around them; SQLite's NOCASE knows A to Z only. */
export const foldName = (name: string): string => name.trim().normalize().toLowerCase()

export const albumExists = (message: string, album: string): KindredError =>
  new KindredError('album-exists', message, { details: { reason: 'album-exists.named', album } })
