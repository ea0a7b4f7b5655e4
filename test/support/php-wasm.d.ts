/** What `php.ts` uses of two packages: one comes without types, the other's do not resolve under this project's settings. */

declare module '@php-wasm/node-8-3' {
  export function getPHPLoaderModule(): Promise<object>
}

declare module '@php-wasm/universal' {
  export function loadPHPRuntime(loader: object, options: object): Promise<number>

  export class PHP {
    constructor(runtime: number)
    writeFile(path: string, content: Uint8Array): void
    /** `stdout` and `stderr` must be read to their ends before `exitCode` is there. */
    cli(
      args: string[],
      options: { env: Record<string, string> },
    ): Promise<{
      stdout: ReadableStream<Uint8Array>
      stderr: ReadableStream<Uint8Array>
      exitCode: Promise<number>
    }>
  }
}
