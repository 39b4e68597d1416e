// Reads an expression: refuses what feelin would let pass in silence, then compiles it.
import { parseExpression, parseUnaryTests } from 'feelin';

import { Reading, childrenOf } from './feel-check.js';
import { build } from './feel-strict.js';
import { Refused } from './feel-words.js';

// compiling ///////////////////////////////////////////////////////////////////////////////////

/** The faults in one sentence, '' if there are none; a Chinese keyboard's symbols come first. */
function faults(text, complaints) {
  const wide = text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/[\uff01-\uff60、。“”‘’]/);
  const hint = wide ? [`含有全角符号 ${wide[0]}，请改用半角符号`] : [];
  return [...hint, ...complaints].join('；').toWellFormed();
}

function readable(text, error) {
  if (!error.position) return `无法解析（${error.message}）`;
  const { from } = error.position;
  return `第 ${from + 1} 个字符起“${text.slice(from, from + 12)}”无法解析`;
}

function read(kind, text, types, tested, open) {
  const names = Object.fromEntries(Object.keys(types).map((name) => [name, null]));
  const tree = (kind === 'tests' ? parseUnaryTests : parseExpression)(text, names);
  let built;
  try {
    built = build(tree, text);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new Refused(faults(text, [readable(text, error)]));
  }
  const reading = new Reading(text, types, kind === 'tests' ? tested : null, open);
  const top = tree.topNode;
  const result = reading.kind(top, new Map());
  return { ...built, top, reading, result };
}

/** Compile an expression or the unary tests of a cell; Refused names every fault. */
export function compile(kind, text, types, tested = 'any') {
  const { root, warnings, top, reading } = read(kind, text, types, tested, false);
  const why = faults(text, reading.complaints);
  if (why) throw new Refused(why);
  const rangeNegated = top.firstChild?.name === 'not' && /[<>]|\.\./.test(text);
  return { root, warnings, rangeNegated };
}

/** What a deployment asks of an expression: its complaint or null, its facts, its kind. */
export function examine({ kind, text, tested = 'any', open = false }, types) {
  try {
    const { reading, result } = read(kind, text, types, tested, open);
    const why = faults(text, reading.complaints) || null;
    return { why, facts: [...reading.facts], kind: result };
  } catch (error) {
    return { why: error.message || '过于复杂', facts: [], kind: 'any' };
  }
}

// cells as sets, for the overlap of rules /////////////////////////////////////////////////////

const literals = {
  NumericLiteral: (text) => Number(text.replace(/\s/g, '')),
  BooleanLiteral: (text) => text === 'true',
  StringLiteral: (text) => (text.includes('\\') ? undefined : text.slice(1, -1)),
  DateTimeLiteral: (text) => text.match(/^(?:date\s*\(\s*|@)"(\d{4}-\d\d-\d\d)"\s*\)?$/)?.[1],
  null: () => null,
};

function literal(node, text) {
  return literals[node.name]?.(text.slice(node.from, node.to));
}

function shapeOf(test, text) {
  if (test.name !== 'SimplePositiveUnaryTest') {
    const at = literal(test, text);
    return at === undefined ? null : { at };
  }
  const [first, operand] = childrenOf(test);
  if (first.name === 'Interval') {
    const [open, from, , to, close] = childrenOf(first);
    const bounds = [literal(from, text), literal(to, text)];
    if (bounds.some((bound) => bound === undefined || bound === null)) return null;
    return {
      from: bounds[0], to: bounds[1],
      fromIn: text[open.from] === '[', toIn: text[close.from] === ']',
    };
  }
  const bound = literal(operand, text);
  if (bound === undefined || bound === null) return null;
  return {
    '=': { at: bound },
    '<': { to: bound, toIn: false },
    '<=': { to: bound, toIn: true },
    '>': { from: bound, fromIn: false },
    '>=': { from: bound, fromIn: true },
  }[text.slice(first.from, first.to)] ?? null;
}

/** A cell as a set: {not, tests: [{at} | {from, fromIn, to, toIn}]}, null where not decidable. */
export function shapes(text) {
  let top;
  try {
    ({ top } = read('tests', text, {}, 'any', true));
  } catch {
    return null;
  }
  const children = childrenOf(top);
  if (children[0].name === 'Wildcard') return { not: true, tests: [] };
  const tests = childrenOf(children.find(({ name }) => name === 'PositiveUnaryTests'))
    .map((one) => shapeOf(childrenOf(one)[0], text));
  return tests.includes(null) ? null : { not: children[0].name === 'not', tests };
}
