/** What a linter finds before people do; names nobody knows are found by the type checker. */

import js from "@eslint/js";

export default [
  js.configs.recommended,
  {
    files: ["js/**/*.js", "demo/*.js", "offline.js"],
    rules: {
      "no-undef": "off",
      complexity: ["error", 12],
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 40],
      "no-console": "error",
      "no-eval": "error",
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unused-expressions": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
];
