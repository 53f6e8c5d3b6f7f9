#!/usr/bin/env node
// Written in plain old JavaScript: an older Node must get as far as the message below. better-sqlite3 crashes Node 20,
// so the version is looked at before anything else is loaded.
var needed = [22, 22];
var have = process.versions.node.split('.').map(Number);
if (have[0] < needed[0] || (have[0] === needed[0] && have[1] < needed[1])) {
  process.stderr.write(
    'novatrail needs Node.js ' +
      needed.join('.') +
      ' or newer, this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Install a newer Node.js, or, in a clone of the repository, use `npm start` or `npx novatrail`: they bring their own.\n',
  );
  process.exit(2);
}
// What is read is let go of at once, and need not fill more memory than a tenth of what V8 would let it have; the other processors
// have logs to read, so that a collection in several threads would wait for them.
var v8 = process.getBuiltinModule('node:v8');
v8.setFlagsFromString('--semi-space-growth-factor=1');
v8.setFlagsFromString('--heap-growing-percent=30');
v8.setFlagsFromString('--no-parallel-scavenge');
import('../dist/cli.js').then((cli) => cli.main(process.argv.slice(2)));
