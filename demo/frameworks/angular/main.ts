// An application that `ng build` compiles needs no compiler in the page; this one, which Vite bundles, brings it along.
import '@angular/compiler'
import { bootstrapApplication } from '@angular/platform-browser'
import { App } from './app.ts'

await bootstrapApplication(App)
