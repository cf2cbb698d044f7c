/** In what a graph can be exported. Apart from the schemas: the command line names them before it loads anything. */
export const EXPORT_FORMATS = ["json", "graphml", "csv", "dot"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
