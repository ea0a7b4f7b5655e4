/**
 * The yardstick: Hono and nothing else, answering the same JSON from memory. With `--sqlite` it also opens a database.
 * Plain JavaScript, because the built server is: loading what strips types would make its start longer and its memory larger.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

if (process.argv.includes('--sqlite')) {
  const { DatabaseSync } = await import('node:sqlite')
  new DatabaseSync(':memory:').exec('create table t (id text primary key)')
}

const app = new Hono()
const session = JSON.parse(process.env['BENCH_SESSION'] ?? '{}')
app.post('/v1/payments/session', async (c) => {
  await c.req.json()
  return c.json(
    {
      session_id: 'cs_test_mTPkVG9JrJ0kZhhzAichc1lTe6d',
      checkout_url: 'http://localhost:4242/checkout/cs_test_mTPkVG9JrJ0kZhhzAichc1lTe6d',
    },
    201,
  )
})
app.get('/v1/payments/session/:id', (c) => c.json(session))
app.get('/healthz', (c) => c.json({ status: 'ok' }))
serve({ fetch: app.fetch, port: Number(process.env['PORT']), hostname: '127.0.0.1' })
