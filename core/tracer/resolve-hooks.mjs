// Module hooks for a Node without module.registerHooks: `import 'trace-studio'` works where it is not installed.
let apiUrl;

export function initialize(data) {
  apiUrl = data.apiUrl;
}

export async function resolve(specifier, context, nextResolve) {
  if (specifier !== 'trace-studio') return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return { url: apiUrl, format: 'module', shortCircuit: true };
  }
}
