import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Exiftool } from '../../../../../electron/engine/media/metadata/exiftool.ts'
import { thoroughMetadata } from '../../../../../electron/engine/media/metadata/thorough.ts'
import { temporaryFolder } from '../../../../support/cli.ts'
import { filmColour, hasFfmpeg } from '../../../../support/videos.ts'

const hasPerl = spawnSync('perl', ['-v']).status === 0

describe('what exiftool says of a video', () => {
  test('tells the camera under the names that makers give it', () => {
    expect(thoroughMetadata({ AndroidMake: 'Google', AndroidModel: 'Pixel 4' }).camera).toBe('Google Pixel 4')
    expect(thoroughMetadata({ Make: 'Apple', Model: 'iPhone 12' }).camera).toBe('Apple iPhone 12')
  })

  test('tells a date where the camera wrote one, with its zone', () => {
    expect(
      thoroughMetadata({ MIMEType: 'video/quicktime', CreationDate: '2019:07:01 12:34:56+02:00' }),
    ).toEqual({
      taken: {
        text: '2019-07-01T12:34:56',
        offset: '+02:00',
        precision: 'second',
        from: 'exiftool CreationDate',
      },
    })
    expect(thoroughMetadata({ MIMEType: 'video/x-msvideo', DateCreated: '2011:02:03' }).taken).toMatchObject({
      text: expect.stringMatching(/^2011-02-03/) as string,
      precision: 'day',
    })
  })

  test('tells no date by the clock of the container, which is UTC', () => {
    const CreateDate = '2019:07:01 12:34:56'
    expect(thoroughMetadata({ MIMEType: 'video/mp4', CreateDate })).toEqual({})
    expect(thoroughMetadata({ MIMEType: 'image/jpeg', CreateDate }).taken?.from).toBe('exiftool CreateDate')
  })

  describe.skipIf(!hasPerl || !hasFfmpeg)('that is there', () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>
    beforeAll(async () => void (folder = await temporaryFolder('thorough')))
    afterAll(() => folder.remove())

    test('is read for files that the quick readers do not date', async () => {
      const exiftool = new Exiftool()
      try {
        const [mkv, avi, mp4] = ['a.mkv', 'a.avi', 'a.mp4'].map(name => join(folder.path, name))
        filmColour(mkv!, 'red', ['-metadata', 'creation_time=2019-07-01T12:34:56Z'])
        filmColour(avi!, 'red', ['-metadata', 'ICRD=2011-02-03 04:05:06'])
        filmColour(mp4!, 'red', ['-movflags', 'use_metadata_tags', '-metadata', 'com.android.model=Pixel 4'])
        const read = async (file: string): Promise<ReturnType<typeof thoroughMetadata>> =>
          thoroughMetadata((await exiftool.read(file))!)
        expect((await read(mkv!)).taken).toMatchObject({ text: '2019-07-01T12:34:56', offset: 'Z' })
        expect((await read(avi!)).taken).toMatchObject({ text: '2011-02-03T04:05:06' })
        expect(await read(mp4!)).toMatchObject({ camera: 'Pixel 4' })
      } finally {
        exiftool.close()
      }
    })
  })
})
