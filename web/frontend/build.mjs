// Builds every browser bundle and the FEEL engine from their npm packages into web/dist/.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// feelin keeps its interpreter to itself and parses anew at each call. The bundle exports it as
// well, so that compiled expressions can be kept and made strict; the package stays untouched.
const openFeelin = {
  name: 'open-feelin',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]feelin[\\/]dist[\\/]index\.js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}
export { InterpreterContext, builtins, equals, evalNode, getType, isZoned, lintError };`,
    })),
};

const bundles = [
  {
    entryPoints: { feelin: here('feelin.entry.js') },
    format: 'iife',
    globalName: 'feel',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    plugins: [openFeelin],
  },
  {
    entryPoints: {
      app: here('app.js'),
      'app-style': here('app.css'),
      choosing: here('choosing.js'),
      designer: here('designer.js'),
      'designer-style': here('designer.css'),
      viewer: here('viewer.js'),
      'viewer-style': here('viewer.css'),
    },
    format: 'esm',
    platform: 'browser',
    entryNames: '[name]',
  },
];

await Promise.all(
  bundles.map((bundle) =>
    build({
      bundle: true,
      minify: true,
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'eof',
      outdir: here('../dist'),
      logLevel: 'warning',
      ...bundle,
    }),
  ),
);
