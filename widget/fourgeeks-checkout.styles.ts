/** The element's look, from its sheet: the build takes it in and makes it small, which it does not do inside templates. */
import { unsafeCSS } from 'lit'
import sheet from './fourgeeks-checkout.css?inline'

export const styles = unsafeCSS(sheet)
