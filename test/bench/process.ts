/** Servers as processes of their own: started, waited for, stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/free-port.ts'

export type Running = { port: number; pid: number; startMs: number; stop(): Promise<void> }

/** Starts a script and waits for its first answer, polling as fast as it can. */
export async function startServer(script: string, args: string[], env: Record<string, string>): Promise<Running> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`)
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`)
      await answer.arrayBuffer()
      if (answer.ok) break
    } catch {
      await sleep(1)
    }
  }
  return { port, pid: child.pid!, startMs: performance.now() - began, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
  await gone
  clearTimeout(timer)
}

/** Resident memory in MB; Linux only, undefined elsewhere. */
export function residentMb(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return undefined
  }
}
