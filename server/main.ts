/** Starts the payment side: the only file with a clock, the environment and signals. */
import { enableCompileCache } from 'node:module'

// Compiled code is kept between starts; it counts only for what is loaded after it, hence the late import.
enableCompileCache()
const { start } = await import('./start.ts')
await start({ env: process.env, now: () => new Date() })
