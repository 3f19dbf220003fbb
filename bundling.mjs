/** How our code is bundled: by build.mjs into dist/, and by the benches into folders of their own. */

/** zod speaks 50 languages and we one; the others would be a third of what a build has to load. */
const oneLanguage = {
  name: "one-language",
  setup(build) {
    build.onLoad({ filter: /zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Splitting keeps what "nothing to do" does not need in files that are not loaded. */
export const bundling = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "linked",
  // A fifth less for Node to read and compile at each start. Names stay as they are, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // CommonJS packages inside the bundle call require for Node's own modules alone; createRequire takes 2 ms more.
  banner: { js: "const require = process.getBuiltinModule;" },
  plugins: [oneLanguage],
  logLevel: "warning",
};
