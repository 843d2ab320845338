/**
 * Modal by the platform's own means: the rest is inert. Focus comes back to where it was, also when the dialog is taken
 * out of the page before it could be closed.
 */
export function showModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement
  dialog.showModal()
  return () => {
    dialog.close()
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
}
