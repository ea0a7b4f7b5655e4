/** The console's signs, drawn with one pen. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'

const paths = {
  overview: svg`<path d="M4 20V11m5.3 9V4m5.4 16v-7M20 20V8" />`,
  requests: svg`<path d="M4 8h13m0 0-3.5-3.5M17 8l-3.5 3.5M20 16H7m0 0 3.5-3.5M7 16l3.5 3.5" />`,
  payments: svg`<rect x="3" y="5.5" width="18" height="13" rx="2.5" /><path d="M3 10h18M7 14.5h3" />`,
  sessions: svg`<path d="M6.5 8h11l1 11.5h-13zM9 10.5V7a3 3 0 0 1 6 0v3.5" />`,
  subscriptions: svg`<path d="M19.5 9A8 8 0 0 0 5 7.5M4.5 15A8 8 0 0 0 19 16.5M5 3.5v4h4m10 13v-4h-4" />`,
  invoices: svg`<path d="M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9.5 8.5h5m-5 4h5" />`,
  customers: svg`<circle cx="12" cy="8" r="3.7" /><path d="M4.5 20c.7-4 3.6-6 7.5-6s6.8 2 7.5 6" />`,
  refunds: svg`<path d="M8.5 5 4.5 9l4 4M5 9h9a5.5 5.5 0 0 1 0 11H9" />`,
  events: svg`<path d="M13 3 5 13.500h6L10.5 21 19 10h-6.200z" />`,
  webhooks: svg`<path d="M10 14a4 4 0 0 0 6 .400l2.7-2.700a4 4 0 0 0-5.7-5.700l-1.3 1.300M14 10a4 4 0 0 0-6-.400l-2.7 2.700a4 4 0 0 0 5.7 5.700l1.3-1.3" />`,
  deliveries: svg`<path d="m20.5 3.5-17 6.5 7 3.5 3.5 7zM10.5 13.500l4-4" />`,
  sandbox: svg`<path d="M9.5 3.500h5M10.5 3.500v6L5 18.500a1.4 1.4 0 0 0 1.2 2h11.600a1.4 1.4 0 0 0 1.2-2l-5.5-9v-6M7.8 14.500h8.4" />`,
  missing: svg`<circle cx="12" cy="12" r="8.5" /><path d="m9 9 6 6m0-6-6 6" />`,
  search: svg`<circle cx="10.5" cy="10.5" r="6" /><path d="m15 15 5 5" />`,
  alert: svg`<path d="M12 4 3 19.500h18zM12 10v4.500m0 2.200v.3" />`,
  copy: svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2" /><path d="M15.5 5.500a1 1 0 0 0-1-1h-8.500a1.5 1.5 0 0 0-1.5 1.500v8.500a1 1 0 0 0 1 1" />`,
  close: svg`<path d="m6 6 12 12M18 6 6 18" />`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h16" />`,
  back: svg`<path d="M14.5 5.5 8 12l6.5 6.5" />`,
  more: svg`<path d="M9.5 5.5 16 12l-6.5 6.5" />`,
  download: svg`<path d="M12 4v10.500m0 0 4-4m-4 4-4-4M5 19.500h14" />`,
  pause: svg`<path d="M8.5 5.500v13m7-13v13" />`,
  play: svg`<path d="M8 5.500v13l10.5-6.500z" />`,
  check: svg`<path d="m5 12.5 4.5 4.500L19 7" />`,
  settings: svg`<path d="M5 8h8m4 0h2M5 16h2m4 0h8" /><circle cx="15" cy="8" r="2.2" /><circle cx="9" cy="16" r="2.2" />`,
  clock: svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 7v5.200l3.3 2" />`,
  plus: svg`<path d="M12 5v14M5 12h14" />`,
  shield: svg`<path d="M12 3.5 5 6v5.500c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6zM9 12l2.2 2.200L15.2 10" />`,
  out: svg`<path d="M13.5 4.500h-7v15h7M10.5 12h10m0 0-3.5-3.500m3.5 3.5-3.5 3.5" />`,
  outside: svg`<path d="M10 5H5v14h14v-5M13.5 4.500h6v6M19 5l-8.5 8.5" />`,
} satisfies Record<string, SVGTemplateResult>

export type IconName = keyof typeof paths

export const icon = (name: IconName): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths[name]}</svg>`

/** The console's mark. */
export const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <rect class="mark-ground" width="32" height="32" rx="8" />
  <path class="mark-line" d="m8 11 6 5-6 5M16 22h8" />
</svg>`
