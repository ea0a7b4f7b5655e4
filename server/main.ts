/** Starts the payment side: the only file with a clock, the environment and signals. */
import { enableCompileCache } from 'node:module'

// Compiled code is kept between starts; it counts only for what is loaded after it, hence the late import.
enableCompileCache()
const { start } = await import('./start.ts')
// The built pages lie beside this file's own build, or in `dist` when it runs from its source.
const built = new URL(import.meta.url.endsWith('.ts') ? '../dist/' : '../', import.meta.url)
await start({ env: process.env, now: () => new Date(), built })
