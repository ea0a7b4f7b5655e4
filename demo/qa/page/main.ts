/** The QA page in the browser: what a tester sets, the page of a shop that it makes, and what both sides say of it. */
import './qa.css'
import { render } from 'lit'
import type { QaData } from '../document.ts'
import { createBench } from './bench.ts'
import { fieldsOf } from './fields.ts'
import { wholePage } from './page.ts'
import { textOf } from './text.ts'

// Our own server wrote it into this very document.
const data = JSON.parse(document.getElementById('qa-data')?.textContent ?? '{}') as QaData
const text = textOf[data.language]
const locale = data.language === 'es' ? 'es-CR' : 'en'
const isWide = matchMedia('(width >= 68rem)').matches
const root = document.getElementById('qa')!
const frame = document.createElement('iframe')
frame.title = text.page

const { act, start } = createBench({
  data,
  text,
  frame,
  paint(seen) {
    const fields = fieldsOf(seen.state, act)
    render(wholePage({ seen, act, fields, frame, data, text, locale, isWide }), root)
  },
})

root.replaceChildren()
start()
