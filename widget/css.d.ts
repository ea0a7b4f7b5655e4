/** Style sheets that the build takes in by import: as text, or as a file beside the script. */
declare module '*.css?inline' {
  const sheet: string
  export default sheet
}
declare module '*.css'
