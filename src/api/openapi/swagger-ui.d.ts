// The package has no types. Imported as files, its parts are paths.
declare module "swagger-ui-dist/swagger-ui-bundle.js" {
  const path: string;
  // biome-ignore lint/style/noDefaultExport: an import as a file gives its path as the default.
  export default path;
}
declare module "swagger-ui-dist/swagger-ui.css" {
  const path: string;
  // biome-ignore lint/style/noDefaultExport: an import as a file gives its path as the default.
  export default path;
}
