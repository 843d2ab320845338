/**
 * Opens a dialog as modal: the rest of the page is inert. Returns how to close it, which gives the focus back to where
 * it was, even when the dialog has already been removed from the page.
 */
export function showModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement
  dialog.showModal()
  return () => {
    dialog.close()
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
}
