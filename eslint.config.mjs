import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'clients/typescript/src/schema.ts',
      'test/clients/walk.ts',
      'node_modules/**',
      '.tidemark/**',
      'coverage/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Plain objects of closures are how things are put together here; they have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // Interfaces of Nest and ports ask for a promise where an implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Read settings through #platform (config) so that they are checked once.',
        },
      ],
    },
  },
  {
    // A suite's outer describe is one long function by nature.
    files: ['**/*.spec.ts', '**/*.e2e.ts', 'test/**/*.ts', '**/*.contract.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      // A test looks into answers as a client does: what it expects of them is the check.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['launcher/**/*.ts', 'bench/**/*.ts', '**/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    // Node runs these as they are: of `import { type X } from './y.ts'` it leaves an import that runs y.
    files: ['launcher/**/*.ts', 'bench/**/*.ts', 'clients/**/*.ts', 'test/support/**/*.ts'],
    rules: {
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportDeclaration[specifiers.length=0]', message: 'A module is not imported for what it does.' },
        {
          selector: 'ExportNamedDeclaration[source][exportKind=value]:not(:has(ExportSpecifier[exportKind=value]))',
          message: 'Types alone are passed on by `export type { X } from`.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        module: 'writable',
      },
    },
  },
  {
    files: ['examples/**'],
    languageOptions: { globals: { fetch: 'readonly', AbortSignal: 'readonly' } },
  },
  {
    // What runs in a page.
    files: ['examples/**/*.js'],
    languageOptions: {
      globals: { document: 'readonly', EventSource: 'readonly', setTimeout: 'readonly', URLSearchParams: 'readonly' },
    },
  },
);
