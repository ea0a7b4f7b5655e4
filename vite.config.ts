import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { scalar } from './server/reference/page/build.ts'
import { publishElement } from './tools/publish.ts'
import { texts } from './widget/text/build.ts'

// light-dark() as it is: everywhere since May 2024, and what stands in for it costs every buyer 300 bytes.
const cssTarget = ['chrome123', 'firefox120', 'safari17.5']
const quiet = { legal: false, annotation: false, jsdoc: false } as const

/** Zod's sentences in fifty languages come along with `z`, and every start would read them: ours are our own. */
const withoutZodLocales: Plugin = {
  name: 'without-zod-locales',
  enforce: 'pre',
  applyToEnvironment: ({ name }) => name === 'server',
  resolveId: (source, importer) =>
    source === '../locales/index.js' && importer?.includes('/zod/') ? '\0zod-locales' : undefined,
  load: (id) => (id === '\0zod-locales' ? 'export {}' : undefined),
}

/**
 * Eight outputs in one build: the element that shops load, its drawer of test cards, the card frame's script, the demo shop's page, the
 * QA page, the API's reference, the console, and the payment side in few files, which starts in half the time of its sources and with a
 * third less memory. A ninth is the npm package's code, which `npm run package` asks for.
 */
export default defineConfig({
  builder: {
    async buildApp(builder) {
      for (const [name, environment] of Object.entries(builder.environments))
        if (name !== 'package') await builder.build(environment)
      await publishElement()
    },
  },
  plugins: [scalar(), texts('client', 'frame'), withoutZodLocales],
  environments: {
    client: {
      build: {
        outDir: 'dist/widget',
        license: { fileName: 'licenses.md' },
        cssTarget,
        lib: {
          entry: 'widget/index.ts',
          name: 'FourgeeksCheckout',
          formats: ['es', 'iife'],
          fileName: (format) => (format === 'es' ? 'fourgeeks-checkout.mjs' : 'fourgeeks-checkout.js'),
        },
        // The classic script has no import.meta and does without: it asks its own tag where it came from.
        rolldownOptions: { checks: { emptyImportMeta: false }, output: { minify: true, comments: quiet } },
      },
    },
    drawer: {
      consumer: 'client',
      build: {
        outDir: 'dist/drawer',
        cssTarget,
        lib: { entry: 'widget/test-drawer/index.ts', formats: ['es'], fileName: () => 'fourgeeks-test-drawer.mjs' },
        rolldownOptions: { output: { minify: true, comments: quiet } },
      },
    },
    frame: {
      consumer: 'client',
      build: {
        outDir: 'dist/frame',
        modulePreload: false,
        rolldownOptions: {
          input: { frame: 'widget/frame/main.ts' },
          output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]', comments: quiet },
        },
      },
    },
    shop: {
      consumer: 'client',
      build: {
        outDir: 'dist/shop',
        modulePreload: false,
        rolldownOptions: {
          input: { shop: 'demo/shop/page/main.ts' },
          output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
        },
      },
    },
    qa: {
      consumer: 'client',
      build: {
        outDir: 'dist/qa',
        modulePreload: false,
        rolldownOptions: {
          input: { qa: 'demo/qa/page/main.ts' },
          output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
        },
      },
    },
    reference: {
      consumer: 'client',
      build: {
        outDir: 'dist/reference',
        modulePreload: false,
        rolldownOptions: {
          input: { reference: 'server/reference/page/main.ts' },
          output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
        },
      },
    },
    console: {
      consumer: 'client',
      build: {
        outDir: 'dist/console',
        modulePreload: false,
        cssTarget,
        rolldownOptions: {
          input: { console: 'demo/console/main.ts' },
          output: { entryFileNames: '[name].js', assetFileNames: '[name][extname]' },
        },
      },
    },
    server: {
      consumer: 'server',
      // The PostgreSQL driver stays outside: it is loaded only for a PostgreSQL address.
      resolve: { noExternal: true, external: ['pg'] },
      build: {
        outDir: 'dist/server',
        license: { fileName: 'licenses.md' },
        ssr: 'server/main.ts',
        target: 'node24',
        minify: true,
        rolldownOptions: { output: { entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' } },
      },
    },
    // As people read it: whoever installs the package minifies their own page. Lit stays a dependency, shared with the page's other elements.
    package: {
      consumer: 'client',
      build: {
        outDir: 'dist/package',
        minify: false,
        cssMinify: true,
        cssTarget,
        lib: { entry: { index: 'widget/register.ts', element: 'widget/element.ts' }, formats: ['es'] },
        rolldownOptions: {
          external: /^lit(\/|$)/,
          output: {
            entryFileNames: '[name].js',
            // The chunk of both entries is named after one of them otherwise.
            chunkFileNames: ({ name }) => (name === 'element' ? 'shared.js' : '[name].js'),
            // Bundlers read the comments that say which address is none of theirs.
            comments: { legal: false, annotation: true, jsdoc: true },
          },
        },
      },
    },
  },
  test: {
    include: ['test/{server,stories,architecture}/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of the stories wait for processes, leases and browsers: a core is left idle otherwise.
    maxWorkers: '100%',
    // A worker keeps what it has loaded from one file to the next: reading it again took longer than many files' tests.
    isolate: false,
    coverage: { include: ['server/**/*.ts'] },
  },
})
