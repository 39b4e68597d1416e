// feelin made strict: what it answers with null, or lets JavaScript answer, is an error here.
import {
  FeelDate,
  FeelDateTime,
  FeelDuration,
  FeelRange,
  FeelTime,
  InterpreterContext,
  builtins,
  equals,
  evalNode,
  getType,
  isRange,
  isZoned,
  lintError,
} from 'feelin';

import { Failed, TooCostly, kindNames, kindOf } from './feel-words.js';

const LONGEST_TEXT = 100_000; // characters an operation may take or make
const LONGEST_LIST = 10_000; // items likewise

/** The value, unless it is a number that a double does not hold to the unit. */
export function exact(value) {
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    throw new Failed('数值过大，无法精确表示');
  }
  return value;
}

/** Names that mean something to JavaScript. */
export const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

export function checkedKey(key) {
  if (forbidden.has(key)) throw new Failed(`${key} 是禁用的名称`);
}

function checkedSize(length, longest) {
  if (length > longest) throw new TooCostly('文本或者列表过长');
}

function sized(value) {
  if (typeof value === 'string') checkedSize(value.length, LONGEST_TEXT);
  if (Array.isArray(value)) checkedSize(value.length, LONGEST_LIST);
  return exact(value);
}

// functions ///////////////////////////////////////////////////////////////////////////////////

// The clock of the process is no fact of the case; median sorts numbers as text; the rest is not
// implemented by feelin.
for (const name of ['now', 'today', 'median', 'overlaps before', 'overlaps after', 'finishes',
  'finished by', 'during', 'starts', 'started by', 'coincides']) {
  delete builtins[name];
}

const textLength = (list) =>
  list.reduce((sum, one) => sum + (typeof one === 'string' ? one.length : 1), 0);

// What JavaScript would do, or make, before the result could be looked at.
const guards = {
  'context put': (_context, keys, _value, key) => [keys, key].flat().forEach(checkedKey),
  number: (text) => {
    if (typeof text === 'string' && !/^-?[\d.,\s]*\d[\d.,\s]*$/.test(text)) {
      throw new Failed(`“${text.slice(0, 20)}”不是数字`);
    }
  },
  replace: (text, _pattern, replacement) =>
    checkedSize(Number(text?.length) * Number(replacement?.length), LONGEST_TEXT * 10),
  'string join': (list, delimiter) => {
    if (!Array.isArray(list)) return;
    checkedSize(textLength(list) + list.length * Number(delimiter?.length ?? 0), LONGEST_TEXT);
  },
};

const unknown = (value) =>
  value === null || value === undefined ||
  (Array.isArray(value) && (value.length === 0 || value.some(unknown)));

// feelin answers null to unfit arguments without a warning.
for (const [name, original] of Object.entries(builtins)) {
  const strict = (...args) => {
    args.forEach(sized);
    guards[name]?.(...args);
    const result = original(...args);
    if (result === null && name !== 'get value' && args.length && !args.some(unknown)) {
      throw new Failed(`函数 ${name} 的参数类型或者个数不对`);
    }
    return sized(result);
  };
  builtins[name] = Object.assign(strict, { $args: original.$args });
}

// comparisons /////////////////////////////////////////////////////////////////////////////////

function mustCompare(one, other) {
  const [kind, otherKind] = [kindOf(one), kindOf(other)];
  if (kind !== otherKind) throw new Failed(`不能比较${kindNames[kind]}与${kindNames[otherKind]}`);
  if (isZoned(one) !== isZoned(other)) throw new Failed('不能比较有时区与无时区的时间');
}

const nothing = (value) => value === null || value === undefined;

// JavaScript orders 1 and "1", and an instant without offset as if it were UTC.
const { includes, map } = FeelRange.prototype;
FeelRange.prototype.includes = function strictIncludes(value) {
  const bound = this.start ?? this.end;
  if (!nothing(value) && !nothing(bound) && !isRange(value)) mustCompare(value, bound);
  return includes.call(this, value);
};

// feelin steps from start by one until it meets the end, be it a fraction.
FeelRange.prototype.map = function strictMap(step) {
  if (getType(this.start) === 'number' && getType(this.end) === 'number') {
    const steps = this.end - this.start;
    if (!Number.isSafeInteger(steps)) throw new Failed('循环的起止之差须为整数');
    checkedSize(Math.abs(steps), LONGEST_LIST);
  }
  return map.call(this, step);
};

// feelin takes any two durations beyond 180 days as equal when less than a month apart.
function equal(one, other) {
  if (nothing(one) || nothing(other)) return nothing(one) === nothing(other);
  mustCompare(one, other);
  return one instanceof FeelDuration ? one.iso === other.iso : equals(one, other) === true;
}

// nodes ///////////////////////////////////////////////////////////////////////////////////////

function condition(inner, what) {
  return Object.assign((context) => {
    const value = inner(context);
    if (!nothing(value) && typeof value !== 'boolean') {
      throw new Failed(`${what}应为真或者假，得到${kindNames[kindOf(value)]}`);
    }
    return value;
  }, { type: inner.type });
}

function result(inner) {
  return Object.assign((context) => {
    const value = inner(context);
    if (nothing(value)) throw new Failed('运算没有结果：值为空、类型不符或者除以零');
    return sized(value);
  }, { type: inner.type });
}

function strictNode(node, args, context) {
  switch (node.name) {
    case 'IfExpression':
      return evalNode(node, args.with(1, condition(args[1], 'if 的条件')), context);
    case 'QuantifiedExpression':
      return evalNode(node, args.with(3, condition(args[3], 'satisfies 的条件')), context);
    case 'ArithmeticExpression':
      return result(evalNode(node, args, context));
    case 'CompareOp':
      if (node.input === '=') return Object.assign(() => (b) => (a) => equal(a, b), { type: 'test' });
      if (node.input === '!=') {
        return Object.assign(() => (b) => (a) => !equal(a, b), { type: 'test' });
      }
      return evalNode(node, args, context);
    default:
      return evalNode(node, args, context);
  }
}

/** What feelin's Interpreter builds of a parse tree, of strict nodes: {root, warnings}. */
export function build(tree, text) {
  const context = new InterpreterContext();
  const stack = [{ args: [] }];
  tree.iterate({
    enter(ref) {
      if (ref.type.isError) throw lintError(text, ref);
      if (ref.type.isSkipped) return false;
      const { from, to, name } = ref;
      const node = { name, input: text.slice(from, to), position: { from, to } };
      stack.push({ args: [], node });
      return true;
    },
    leave(ref) {
      if (ref.type.isSkipped) return;
      const { node, args } = stack.pop();
      stack.at(-1).args.push(strictNode(node, args, context));
    },
  });
  return { root: stack[0].args.at(-1), warnings: context.warnings };
}

// A name from a diagram must not leave anything behind for the next expression.
for (const { prototype } of [Object, Array, String, Number, Boolean, Function, FeelDate,
  FeelDateTime, FeelTime, FeelDuration, FeelRange]) {
  Object.preventExtensions(prototype);
}
