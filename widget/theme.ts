/** Reads the shop's custom properties as the few plain values that may cross to the card frame. */
import { colourNames, fonts, lengthNames, lengths, type FontName, type LengthName, type Theme } from './channel.ts'

/** `root` is the element's own box, on which every property has its default; `probe` a spare one inside it to resolve values with. */
export function readLook(root: HTMLElement, probe: HTMLElement): Theme {
  const style = getComputedStyle(root)
  const probed = getComputedStyle(probe)
  const font = style.getPropertyValue('--fourgeeks-font').trim()
  const pixels = (name: LengthName) => {
    const [least, most] = lengths[name]
    // Whatever unit it is in: `rem`, `calc()`, another property.
    probe.style.inlineSize = `var(--${name})`
    return Math.round(Math.min(most, Math.max(least, parseFloat(probed.inlineSize) || 0)))
  }
  /** Mixing turns names, hex, `oklch()` and all others into `color(srgb …)`. */
  const resolve = (colour: string) => {
    probe.style.color = `color-mix(in srgb, ${colour} 100%, #000)`
    const { color } = probed
    // Forced colours, and a colour that is none, come back as `rgb()` all the same.
    return color.startsWith('color(')
      ? color
      : `color(srgb ${color
          .match(/[\d.]+/g)!
          .slice(0, 3)
          .map((part) => (+part / 255).toFixed(4))
          .join(' ')})`
  }
  const theme = {
    scheme: resolve('var(--night)') === resolve('#000') ? 'dark' : 'light',
    direction: style.direction,
    fontFamily: (Object.hasOwn(fonts, font) ? font : 'system') as FontName,
  } as Theme
  for (const name of colourNames) theme[name] = resolve(`var(--${name})`)
  for (const name of lengthNames) theme[name] = pixels(name)
  if (!style.getPropertyValue('--fourgeeks-accent-text').trim()) theme['accent-text'] = resolve(inkOn(theme.accent))
  return theme
}

/** White or near black: whichever reads better on a colour (WCAG relative luminance). */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = (colour.match(/-?[\d.e-]+/g) ?? [])
    .slice(0, 3)
    .map((part) => Math.max(0, Number(part)) ** 2.2)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.3 ? '#101318' : '#fff'
}
