/** The compiler of this package: what is used of TypeScript's last version that is JavaScript, for files that nothing smaller can compile. */
export { convertCompilerOptionsFromJson, flattenDiagnosticMessageText, JsxEmit, ModuleKind, ScriptTarget, transpileModule, version } from 'typescript-js';
