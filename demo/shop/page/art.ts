/** The shop's drawings. Colours are presentation attributes, so the strict content policy has nothing to refuse. */
import { html, svg, type TemplateResult } from 'lit'

const paper = '#fbf5ea'
const ink = '#2b1c14'
const cherry = '#8f2f1d'
const wood = '#a8703f'
const woodDark = '#7d4f29'
const steel = '#8d969b'

const drawing = (content: TemplateResult) =>
  html`<svg class="art" viewBox="0 0 240 260" aria-hidden="true" focusable="false">
    <ellipse cx="120" cy="238" rx="76" ry="7" fill="${ink}" opacity=".16" />
    ${content}
  </svg>`

const bag = (name: string, body: string, dark: string, motif: TemplateResult) =>
  drawing(svg`
    <path d="M66 62h108l9 160c.6 9-5 15-14 15H71c-9 0-14.6-6-14-15Z" fill="${body}"/>
    <path d="M150 62h24l9 160c.6 9-5 15-14 15h-13c6-52 6-122-6-175Z" fill="${dark}" opacity=".55"/>
    <path d="M78 74c-5 46-7 96-5 150" fill="none" stroke="${paper}" stroke-opacity=".16" stroke-width="3" stroke-linecap="round"/>
    <path d="M66 32h108v32H66Z" fill="${dark}"/>
    <path d="M66 32h108v7H66Z" fill="${body}"/>
    <rect x="58" y="50" width="124" height="9" rx="4.5" fill="#d9a653"/>
    <rect x="58" y="50" width="124" height="3" rx="1.5" fill="#f2cf8d"/>
    <circle cx="120" cy="80" r="4" fill="none" stroke="${paper}" stroke-opacity=".5" stroke-width="1.5"/>
    <rect x="79" y="98" width="82" height="112" rx="5" fill="${paper}"/>
    <svg x="84" y="103" width="72" height="66" viewBox="0 0 72 66">${motif}</svg>
    <text x="120" y="189" text-anchor="middle" font-family="Iowan Old Style, Palatino, Georgia, serif" font-size="12.5" font-weight="600" fill="${ink}">${name}</text>
    <path d="M104 199h32" stroke="${body}" stroke-width="2" stroke-linecap="round"/>`)

const sunrise = svg`<path d="M0 0h72v66H0Z" fill="#f4cd92"/>
  <circle cx="36" cy="37" r="15" fill="#d4532f"/>
  <path d="M36 6v9M11 16l6 7M61 16l-6 7M3 38h9M60 38h9" stroke="#d4532f" stroke-width="2.5" stroke-linecap="round"/>
  <path d="M0 50 17 33l13 12 12-9 30 20v10H0Z" fill="#a5492b"/>
  <path d="M0 58c14-10 26-8 38-3s22 5 34-3v14H0Z" fill="#57291b"/>`

const mist = svg`<path d="M0 0h72v66H0Z" fill="#dfe6df"/>
  <path d="M10 66 38 14l26 52Z" fill="#6e8a7d"/><path d="m38 14 26 52H46Z" fill="#59756a"/>
  <path d="M-4 34c12-6 20 5 34 1s20-8 46-1v8c-20-7-30 0-44 2S8 36-4 42Z" fill="#f8faf5"/>
  <path d="M-4 50c14-6 26 4 40 0s24-6 40 0v9c-18-6-28 0-42 2s-26-6-38-2Z" fill="#f8faf5" opacity=".85"/>`

const downpour = svg`<path d="M0 0h72v66H0Z" fill="#2f6170"/>
  <path d="M15 27a9 9 0 0 1 4-17 13 13 0 0 1 25-1 10 10 0 0 1 13 9c0 5-4 9-9 9Z" fill="#dbe9e8"/>
  <path d="m20 33-5 11m14-11-6 14m15-14-5 11m15-11-6 14m14-14-5 11" stroke="#9fc9cd" stroke-width="2.5" stroke-linecap="round"/>
  <path d="M0 56c10-8 20-8 32-3s26 4 40-4v17H0Z" fill="#173843"/>`

const night = svg`<path d="M0 0h72v66H0Z" fill="#2a3058"/>
  <path d="M47 10a16 16 0 1 0 9 27 18 18 0 0 1-9-27Z" fill="#f3dfae"/>
  <path d="M14 16h.01M24 30h.01M12 39h.01M62 17h.01M30 12h.01" stroke="#f3dfae" stroke-width="2.8" stroke-linecap="round"/>
  <path d="M0 54 16 42l14 10 14-8 28 14v8H0Z" fill="#171b36"/>`

const month = svg`<path d="M0 0h72v66H0Z" fill="#efe0c4"/>
  <rect x="12" y="12" width="48" height="44" rx="5" fill="${paper}"/><path d="M12 17a5 5 0 0 1 5-5h38a5 5 0 0 1 5 5v8H12Z" fill="${cherry}"/>
  <path d="M24 7v9M48 7v9" stroke="${ink}" stroke-width="3" stroke-linecap="round"/>
  <path d="M21 34h.01M31 34h.01M41 34h.01M51 34h.01M21 45h.01M41 45h.01M51 45h.01" stroke="#b99f7c" stroke-width="5" stroke-linecap="round"/>
  <circle cx="31" cy="45" r="6" fill="#35563f"/><path d="m28 45 2.4 2.4 4-4.6" fill="none" stroke="${paper}" stroke-width="1.8" stroke-linecap="round"/>`

const chorreador = drawing(svg`
  <path d="M70 56h9v166h-9Z" fill="${woodDark}"/><path d="M161 56h9v166h-9Z" fill="${woodDark}"/>
  <path d="M70 56h4v166h-4Z" fill="${wood}"/><path d="M161 56h4v166h-4Z" fill="${wood}"/>
  <path d="M90 66h60l-22 92c-2 8-14 8-16 0Z" fill="#efe2c8"/>
  <path d="m101 112 38 0-11 46c-2 8-14 8-16 0Z" fill="#8a5a38"/>
  <path d="m101 112 38 0-2 9c-12 5-22-3-34 1Z" fill="#6d4329"/>
  <path d="M130 66h20l-22 92c-1 4-4 6-7 6 6-30 9-66 9-98Z" fill="${ink}" opacity=".1"/>
  <rect x="58" y="52" width="124" height="15" rx="7.5" fill="${wood}"/><rect x="58" y="52" width="124" height="6" rx="3" fill="#c08a55"/>
  <ellipse cx="120" cy="66" rx="31" ry="3.5" fill="none" stroke="${steel}" stroke-width="2.5"/>
  <path d="M120 168v8" stroke="#5a3420" stroke-width="3" stroke-linecap="round"/>
  <path d="M98 184h44v20c0 11-8 17-22 17s-22-6-22-17Z" fill="${paper}"/><path d="M142 190c13-2 13 17-2 16" fill="none" stroke="${paper}" stroke-width="5"/>
  <ellipse cx="120" cy="184" rx="22" ry="4.5" fill="#5a3420"/><path d="M98 198h44" stroke="${cherry}" stroke-width="3"/>
  <rect x="50" y="221" width="140" height="16" rx="8" fill="${wood}"/><rect x="50" y="221" width="140" height="6" rx="3" fill="#c08a55"/>`)

const mug = drawing(svg`
  <path d="M96 60c-8-10 8-16 0-28M120 56c-8-10 8-18 0-30M144 60c-8-10 8-16 0-28" fill="none" stroke="${paper}" stroke-width="4" stroke-linecap="round" opacity=".85"/>
  <path d="M164 112c40-8 42 74-4 72" fill="none" stroke="#24506b" stroke-width="15"/>
  <path d="M164 112c40-8 42 74-4 72" fill="none" stroke="#f7f3ea" stroke-width="9"/>
  <path d="M62 88h108l-5 130c-.5 11-7 19-18 19H85c-11 0-17.5-8-18-19Z" fill="#f7f3ea"/>
  <path d="M148 88h22l-5 130c-.5 11-7 19-18 19h-12c11-34 15-94 13-149Z" fill="#d6d9d2"/>
  <path d="m76 196 26-42 17 25 10-14 26 31Z" fill="${cherry}"/><circle cx="135" cy="146" r="10" fill="#e2a24b"/>
  <path d="M78 206h76" stroke="#24506b" stroke-width="3" stroke-linecap="round"/>
  <ellipse cx="116" cy="88" rx="54" ry="10" fill="#4a2b1c"/><ellipse cx="116" cy="88" rx="54" ry="10" fill="none" stroke="#24506b" stroke-width="6"/>`)

const grinder = drawing(svg`
  <path d="M120 54V38h58" fill="none" stroke="#5c6469" stroke-width="7" stroke-linejoin="round" stroke-linecap="round"/>
  <rect x="168" y="14" width="20" height="34" rx="9" fill="${woodDark}"/><rect x="168" y="14" width="9" height="34" rx="4.5" fill="${wood}"/>
  <path d="M88 72c0-14 14-20 32-20s32 6 32 20Z" fill="#5c6469"/>
  <path d="M86 72h68v66H86Z" fill="${steel}"/><path d="M130 72h24v66h-24Z" fill="#6c7479"/><path d="M94 72h6v66h-6Z" fill="#c6ccce"/>
  <path d="M84 138h72v30H84Z" fill="${wood}"/><path d="M130 138h26v30h-26Z" fill="${woodDark}"/>
  <path d="M88 168h64v58c0 7-4 11-11 11H99c-7 0-11-4-11-11Z" fill="#e9eeec" opacity=".92"/>
  <path d="M88 198c16-7 30 5 44-1 8-3 14-2 20 1v28c0 7-4 11-11 11H99c-7 0-11-4-11-11Z" fill="#5a3420"/>
  <path d="M96 174v48" stroke="${paper}" stroke-width="3" stroke-linecap="round" opacity=".8"/>`)

const filter = drawing(svg`
  <g opacity=".75"><path d="M104 92h76l-30 112c-2 8-14 8-16 0Z" fill="#dccbaa"/><ellipse cx="142" cy="92" rx="38" ry="8" fill="#c8b48d" stroke="${steel}" stroke-width="4"/></g>
  <path d="M52 84h92l-37 142c-2.5 9-15.5 9-18 0Z" fill="#f3e8d1"/>
  <path d="M120 84h24l-37 142c-1 4-4 6-7 7 9-42 17-96 20-149Z" fill="#d9c6a2"/>
  <path d="m64 98 31 122" fill="none" stroke="${woodDark}" stroke-width="1.8" stroke-dasharray="5 5"/>
  <ellipse cx="98" cy="84" rx="46" ry="11" fill="#e0cfac" stroke="#6c7479" stroke-width="5"/>
  <path d="M52 82 20 66" stroke="${woodDark}" stroke-width="11" stroke-linecap="round"/><path d="M52 80 20 64" stroke="${wood}" stroke-width="4" stroke-linecap="round"/>`)

const drawings: Record<string, TemplateResult> = {
  amanecer: bag('Amanecer', '#b0442a', '#7e2a18', sunrise),
  neblina: bag('Neblina', '#5b7568', '#3e5349', mist),
  aguacero: bag('Aguacero', '#2d6272', '#1c434f', downpour),
  sereno: bag('Sereno', '#3d4474', '#272c52', night),
  club: bag('Del mes', '#35563f', '#20382a', month),
  chorreador,
  jarro: mug,
  molinillo: grinder,
  bolsita: filter,
}

/** The drawing of a product. */
export const artOf = (id: string): TemplateResult | undefined => drawings[id]

/** The shop's mark: a sun behind the mountain. */
export const mark = html`<svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
  <circle cx="24" cy="24" r="24" fill="${cherry}" />
  <circle cx="30.5" cy="17" r="6" fill="#f0b35a" />
  <path d="M6 35.5 18.5 17 27 29l4-5.5 9.5 12A23 23 0 0 1 6 35.5Z" fill="${paper}" />
</svg>`

const cherries = (x: number, y: number, turn: number) => svg`<g transform="translate(${x} ${y}) rotate(${turn})">
  <path class="stem" d="M0 0C26-10 60-8 104 6"/>
  <path class="leaf" d="M20-5C34-40 70-46 92-40 88-18 60 0 20-5Z"/><path class="vein" d="M24-8C46-24 66-34 90-39"/>
  <path class="leaf deep" d="M34-2C44 30 76 44 100 42 100 22 78 0 34-2Z"/><path class="vein" d="M38 2C56 20 76 34 98 41"/>
  <circle class="fruit" cx="6" cy="10" r="11"/><circle class="fruit ripe" cx="24" cy="14" r="11"/><circle class="fruit" cx="12" cy="-10" r="10"/>
  <path class="glint" d="M1 5a6 6 0 0 1 6-3M19 9a6 6 0 0 1 6-3"/>
</g>`

const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(
  (row) => svg`<path class="row" d="M${-60 + row * 95} 560Q${110 + row * 62} 470 ${250 + row * 34} 392"/>`,
)

/** The valley at dawn, or at night for whoever reads in the dark. */
export const valley = html`<svg
  class="valley"
  viewBox="0 0 720 560"
  preserveAspectRatio="xMidYMid slice"
  aria-hidden="true"
  focusable="false"
>
  <path class="sky" d="M0 0h720v560H0Z" />
  <circle class="halo" cx="478" cy="196" r="132" />
  <circle class="sun" cx="478" cy="196" r="78" />
  <path class="far" d="M0 300 120 214l84 52 122-132 46 40 34-22 136 140 66-42 112 84v226H0Z" />
  <path
    class="cloud"
    d="M-20 300c80-34 150 18 240-6s150-30 230 2 190 2 290-12v40c-90 18-180 20-270 4s-140-14-230 6-180 16-260-6Z"
  />
  <path class="mid" d="M0 372c90-62 190-58 300-22s250 34 420-46v256H0Z" />
  <path class="near" d="M0 452c120-84 300-86 430-50s210 14 290-22v180H0Z" />
  <g class="rows">${rows}</g>
  <g class="house">
    <path class="wall" d="M560 372h72v40h-72Z" />
    <path class="roof" d="m548 376 48-32 48 32Z" />
    <path class="window" d="M574 386h14v14h-14Zm30 0h14v26h-14Z" />
  </g>
  ${cherries(34, 498, -24)} ${cherries(150, 540, -8)}
</svg>`

/** An empty cup, for pages with nothing to show. */
export const cup = html`<svg class="cup" viewBox="0 0 160 120" aria-hidden="true" focusable="false">
  <ellipse class="plate" cx="74" cy="104" rx="66" ry="9" />
  <path class="handle" d="M112 50c34-6 34 40-4 38" />
  <path class="body" d="M32 42h84v30c0 20-14 30-42 30S32 92 32 72Z" />
  <ellipse class="mouth" cx="74" cy="42" rx="42" ry="8" />
  <path class="steam" d="M58 28c-6-8 6-12 0-22M78 28c-6-8 6-12 0-22M98 28c-6-8 6-12 0-22" />
</svg>`
