import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerType } from '@hono/node-server'
import type { Running } from './deps.ts'

/** How often a stopping server looks at what is left. */
const lookMs = 20
/** How many looks in a row must have found nothing under way: an answer that was just made may not have left yet. */
const quietLooks = 3
/** How long a connection that has said nothing yet may still begin a request. */
const silentMs = 250

/**
 * Gives a function that stops a server: nothing new is accepted, requests under way are finished, their answers leave, and
 * then every connection is closed, also those on which a client waits without having sent a whole request.
 */
export function drain(server: ServerType, running: Running): () => Promise<void> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return async () => {
    let isClosed = false
    server.close(() => (isClosed = true))
    const began = performance.now()
    for (let quiet = 0; !isClosed || running.underWay > 0; quiet = running.underWay === 0 ? quiet + 1 : 0) {
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      // Node counts a connection on which nothing has come yet as busy. What was written to it leaves before it closes.
      const isQuiet = quiet >= quietLooks && performance.now() - began >= silentMs
      if (isQuiet) for (const socket of sockets) socket.destroySoon()
      await sleep(lookMs)
    }
  }
}
