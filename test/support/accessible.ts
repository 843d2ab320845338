import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/**
 * Serious faults of what is shown: names, roles, contrast (axe-core).
 * @param rules only these; without it all
 */
export async function faultsOf(page: Page, rules?: string[]): Promise<string[]> {
  // The page has no frames: what axe does for those takes longer than all rules.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)
}

/** Expects no serious fault of what is shown. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  expect((await faultsOf(page)).map(fault => `${where}: ${fault}`)).toEqual([])
}
