import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As in the built program, so that what was judged before is not judged again.
  define: { NOVATRAIL_BUILD: JSON.stringify('sources') },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'node_modules/.cache/test-result.json' }]]
      : ['default'],
  },
});
