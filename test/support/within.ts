import type { TestApp } from './make-app.ts'

/** The same server, as whoever names a namespace in each `ask` and `post` meets it. */
export function within(app: TestApp, namespace: string): TestApp {
  const named = (headers: RequestInit['headers'] | undefined): Record<string, string> => ({
    ...(headers as Record<string, string> | undefined),
    'X-Sandbox-Namespace': namespace,
  })
  return {
    ...app,
    ask: (path, init: RequestInit | undefined, from) => app.ask(path, { ...init, headers: named(init?.headers) }, from),
    post: (path, body, headers) => app.post(path, body, named(headers)),
  }
}
