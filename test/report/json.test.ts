import { expect, test } from 'vitest';
import { reportJsonParts } from '../../src/report/json.ts';
import { failing, OPEN, PASSING, reportOf } from './sample-report.ts';

test('the JSON is laid out as JSON is, whatever is in it', async () => {
  const whole = await reportOf([PASSING, OPEN, failing('a "quoted"\n line', 'note')]);
  for (const report of [whole, { ...whole, migrations: [] }, { ...whole, findings: [], sources: [], migrations: [] }]) {
    const text = [...reportJsonParts(report)].join('');
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    expect(JSON.parse(text).migrations).toHaveLength(report.migrations.length);
  }
});
