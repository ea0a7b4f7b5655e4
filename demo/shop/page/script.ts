const slowScriptMs = 12_000

/** The element's script comes from the payment side, which may be away while the shop is not. */
export function watchScript(tell: (away: boolean) => void): void {
  if (customElements.get('fourgeeks-checkout')) return
  document.getElementById('payment-script')?.addEventListener('error', () => tell(true))
  const late = setTimeout(() => tell(true), slowScriptMs)
  void customElements.whenDefined('fourgeeks-checkout').then(() => {
    clearTimeout(late)
    tell(false)
  })
}
