import { flushSync, mount, unmount, type Component } from 'svelte'
import { onTestFinished } from 'vitest'

/** Shows a component in the page until the end of the test. */
export function show<P extends Record<string, unknown>>(component: Component<P>, props: P): HTMLElement {
  const target = document.body.appendChild(document.createElement('div'))
  const shown = mount(component, { target, props })
  flushSync()
  onTestFinished(async () => {
    await unmount(shown)
    target.remove()
  })
  return target
}

export const buttonIn = (root: HTMLElement, name: string): HTMLButtonElement | undefined =>
  [...root.querySelectorAll('button')].find(
    button => button.textContent.trim() === name || button.ariaLabel === name,
  )

/** Clicks the button of this name and waits until its effects are shown. */
export async function clickOn(root: HTMLElement, name: string): Promise<void> {
  const button = buttonIn(root, name)
  if (!button) throw new Error(`There is no button “${name}”.`)
  button.click()
  await new Promise(resolve => setTimeout(resolve))
  flushSync()
}
