/**
 * The code of a parser that Peggy generated, changed so that its rules are made once and not for each text: Peggy puts
 * them into the function that parses, and to make hundreds of functions takes longer than to read one line with them.
 * Throws where the code does not look as expected.
 */
export function reusable(code) {
  const [, defaultRule] = /^ {2}let peg\$startRuleFunction = (\w+|peg\$\w+);$/m.exec(code) ?? [];
  const state = /^ {2}let (peg\$(?:currPos|savedPos|maxFailPos|maxFailExpected|silentFails)) = (.*);$/gm;
  const resets = [...code.matchAll(state)].map(([, name, value]) => `  ${name} = ${value};`);
  const [choice] = /^ {2}if \(options\.startRule\) \{\n(?: {4}.*\n|\n)+ {2}\}\n/m.exec(code) ?? [];
  if (defaultRule === undefined || choice === undefined || resets.length !== 5)
    throw new Error("Peggy's code has changed: no state found.");
  const changes = [
    [
      'function peg$parse(input, options) {\n  options = options !== undefined ? options : {};\n',
      'const peg$parse = (() => {\n  let input = "";\n  let options = {};\n',
    ],
    ['  const peg$source = options.grammarSource;\n', '  let peg$source;\n'],
    [choice, ''],
    [
      '  peg$result = peg$startRuleFunction();\n',
      [
        '  return (given, asked) => {\n  input = given;\n  options = asked !== undefined ? asked : {};',
        '  peg$source = options.grammarSource;\n  peg$posDetailsCache.length = 1;',
        ...resets,
        `  peg$startRuleFunction = ${defaultRule};`,
        choice,
        '  peg$result = peg$startRuleFunction();\n',
      ].join('\n'),
    ],
    ['    peg$throw();\n  }\n}\n', '    peg$throw();\n  }\n  };\n})();\n'],
  ];
  return changes.reduce(replaceOnce, code);
}

function replaceOnce(code, [from, to]) {
  const parts = code.split(from);
  if (parts.length !== 2) throw new Error(`Peggy's code has changed: ${from} is there ${parts.length - 1} times.`);
  return parts.join(to);
}
