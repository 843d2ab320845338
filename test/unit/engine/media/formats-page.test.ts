import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatsPage, formatsTable } from '../../../support/formats-table.ts'

/** Prettier pads the cells. */
const cells = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---')

test('docs/formats.md says what is read of each format', async () => {
  expect(cells(readFileSync(formatsPage, 'utf8'))).toBe(cells(await formatsTable()))
})
