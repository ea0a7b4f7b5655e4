import { defineConfig } from 'vitest/config'

const quiet = { legal: false, annotation: false, jsdoc: false } as const

/** Three outputs in one build: the element that shops load, the card frame's script, and the demo shop's page. */
export default defineConfig({
  builder: {},
  environments: {
    client: {
      build: {
        outDir: 'dist/widget',
        license: { fileName: 'licenses.md' },
        lib: {
          entry: 'widget/index.ts',
          name: 'FourgeeksCheckout',
          formats: ['es', 'iife'],
          fileName: (format) => (format === 'es' ? 'fourgeeks-checkout.mjs' : 'fourgeeks-checkout.js'),
        },
        rolldownOptions: { output: { minify: true, comments: quiet } },
      },
    },
    frame: {
      consumer: 'client',
      build: {
        outDir: 'dist/frame',
        modulePreload: false,
        license: { fileName: 'licenses.md' },
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
  },
  test: {
    include: ['test/{server,stories,architecture}/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ['server/**/*.ts'] },
  },
})
