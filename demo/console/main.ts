/** The console's page in the browser. */
import 'uplot/dist/uPlot.min.css'
import './look/base.css'
import './look/shell.css'
import './look/parts.css'
import './look/views.css'
import './shell/console.ts'
