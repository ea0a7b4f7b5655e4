/** Reads the shop's custom properties as the few plain values that may cross to the card frame. */
import { colourNames, fonts, type FontName, type Theme } from './channel.ts'

/** `root` is the element's own box, on which every property has its default; `probe` a spare one to resolve colours with. */
export function readLook(root: HTMLElement, probe: HTMLElement): Theme {
  const style = getComputedStyle(root)
  const font = style.getPropertyValue('--fourgeeks-font').trim()
  const pixels = (name: string, least: number, most: number) =>
    Math.round(Math.min(most, Math.max(least, parseFloat(style.getPropertyValue(name)) || 0)))
  /** Mixing turns names, hex, `oklch()` and all others into `color(srgb …)`. */
  const resolve = (colour: string) => {
    probe.style.color = `color-mix(in srgb, ${colour} 100%, #000)`
    const { color } = getComputedStyle(probe)
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
    radius: pixels('--radius', 0, 24),
    fontSize: pixels('--font-size', 14, 22),
    fontFamily: (Object.hasOwn(fonts, font) ? font : 'system') as FontName,
  } as Theme
  for (const name of colourNames) theme[name] = resolve(`var(--${name})`)
  return theme
}
