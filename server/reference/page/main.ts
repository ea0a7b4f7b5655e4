/** The reference at `/docs`, in the browser: Scalar's component over this server's own document, and no other server. */
import './reference.css'

/** What Scalar's script leaves behind. */
declare const Scalar: { createApiReference(place: string, configuration: object): unknown }

/** Shown are the languages shops are written in, on a server each: curl, Node, PHP, Python, Ruby, Go, C# and Java. */
const hiddenClients = {
  c: true,
  clojure: true,
  csharp: ['restsharp'],
  dart: true,
  fsharp: true,
  http: true,
  java: ['asynchttp', 'okhttp', 'unirest'],
  js: true,
  julia: true,
  kotlin: true,
  node: ['axios', 'ofetch', 'undici'],
  objc: true,
  ocaml: true,
  php: ['laravel'],
  powershell: true,
  python: ['aiohttp', 'httpx_sync', 'httpx_async', 'python3'],
  r: true,
  rust: true,
  shell: ['httpie', 'wget'],
  swift: true,
}

Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  title: '4Geeks Payments API',
  // Nothing of Scalar's own services: fonts, usage counts, assistant, client in the cloud, editor bar, proxy.
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  proxyUrl: '',
  // A secret key that comes from a browser is refused, so there is nothing here to send requests with.
  hideTestRequestButton: true,
  documentDownloadType: 'direct',
  authentication: { preferredSecurityScheme: 'SecretKey' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  hiddenClients,
  defaultOpenFirstTag: false,
  defaultOpenAllTags: true,
  // Every operation shows its own objects.
  hideModels: true,
  orderSchemaPropertiesBy: 'preserve',
  generateOperationSlug: ({ operationId = '' }: { operationId?: string }) => operationId,
})
