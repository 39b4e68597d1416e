// What can be said against an expression before it runs: names, functions, types.
import { builtins, duration, parseDate, parseDateTime, parseTime } from 'feelin';

import { forbidden } from './feel-strict.js';
import { kindNames } from './feel-words.js';

// what is known of types before anything runs /////////////////////////////////////////////////

const resultKinds = {};
for (const [kind, names] of Object.entries({
  number: ['number', 'string length', 'count', 'min', 'max', 'sum', 'mean', 'product', 'median',
    'stddev', 'decimal', 'floor', 'ceiling', 'round up', 'round down', 'round half up',
    'round half down', 'modulo', 'sqrt', 'log', 'exp', 'day of year', 'week of year'],
  string: ['string', 'substring', 'upper case', 'lower case', 'substring before',
    'substring after', 'replace', 'string join', 'day of week', 'month of year'],
  boolean: ['not', 'contains', 'matches', 'starts with', 'ends with', 'list contains', 'all',
    'any', 'odd', 'even', 'is', 'before', 'after', 'meets', 'met by', 'overlaps', 'includes'],
  list: ['split', 'list replace', 'sublist', 'append', 'concatenate', 'insert before', 'remove',
    'reverse', 'index of', 'union', 'distinct values', 'flatten', 'mode', 'sort', 'get entries'],
  context: ['context', 'context merge', 'context put'],
  duration: ['duration', 'years and months duration'],
  date: ['date'],
  'date and time': ['date and time'],
  time: ['time'],
})) {
  for (const name of names) resultKinds[name] = kind;
}

const literalReaders = {
  date: parseDate, 'date and time': parseDateTime, time: parseTime, duration,
};
const typeNames = new Set(['Any', 'Null', 'number', 'string', 'boolean', 'date', 'time',
  'date and time', 'days and time duration', 'years and months duration', 'context', 'list']);
const dated = new Set(['date', 'date and time', 'time', 'duration']);
const ordered = new Set(['number', 'string', ...dated]);

const differ = (one, other) =>
  one !== other && ![one, other].some((kind) => kind === 'any' || kind === 'null');

// the walk ////////////////////////////////////////////////////////////////////////////////////

/** The child nodes that are no comments. */
export function childrenOf(node) {
  const children = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!child.type.isSkipped) children.push(child);
  }
  return children;
}

/** One walk over one expression: collects its complaints and the facts it names. */
export class Reading {
  constructor(text, types, tested, open) {
    Object.assign(this, { text, types, tested, open, complaints: [], facts: new Set() });
  }

  said(node) {
    return this.text.slice(node.from, node.to);
  }

  nameOf(node) {
    return childrenOf(node).map((part) => this.said(part)).join(' ');
  }

  complain(node, why) {
    this.complaints.push(`“${this.said(node)}”${why}`);
    return 'any';
  }

  /** Check a node in the scope of the local names; the kind of its value, 'any' if unknown. */
  kind(node, locals) {
    const visit = this[node.name];
    if (visit && Object.hasOwn(Reading.prototype, node.name)) return visit.call(this, node, locals);
    const kinds = childrenOf(node).map((child) => this.kind(child, locals));
    return kinds.length === 1 ? kinds[0] : 'any';
  }

  same(node, one, other) {
    if (differ(one, other)) {
      this.complain(node, `：不能比较${kindNames[one]}与${kindNames[other]}`);
    }
  }

  mustBeBoolean(node, locals, what) {
    const kind = this.kind(node, locals);
    if (differ(kind, 'boolean')) {
      this.complain(node, `是${kindNames[kind]}，${what}须为真假值`);
    }
  }

  /** The scope with one more local name. */
  bind(locals, node, name, kind) {
    if (forbidden.has(name)) this.complain(node, '是禁用的名称');
    locals.set(name, kind);
  }

  NumericLiteral(node) {
    const text = this.said(node).replace(/\s/g, '');
    if (/[^-.\d]/.test(text)) this.complain(node, '：数字请写全，不用科学计数法');
    else if (Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER) {
      this.complain(node, '：数值过大，无法精确表示');
    }
    return 'number';
  }

  StringLiteral() { return 'string'; }

  BooleanLiteral() { return 'boolean'; }

  null() { return 'null'; }

  Wildcard() { return 'any'; }

  '?'(node) {
    return this.tested ?? this.complain(node, '只能用于决策表的输入单元格');
  }

  VariableName(node, locals) {
    const name = this.nameOf(node);
    if (forbidden.has(name)) return this.complain(node, '是禁用的名称');
    if (locals.has(name)) return locals.get(name);
    if (Object.hasOwn(this.types, name)) {
      this.facts.add(name);
      return this.types[name];
    }
    if (Object.hasOwn(builtins, name)) return this.complain(node, '是函数，须带括号和参数调用');
    if (!this.open) return this.complain(node, '：没有这个事实');
    this.facts.add(name);
    return 'any';
  }

  PathExpression(node, locals) {
    const [target, , property] = childrenOf(node);
    const kind = this.kind(target, locals);
    if (forbidden.has(this.nameOf(property))) this.complain(node, '使用了禁用的名称');
    if (['string', 'number', 'boolean', 'function'].includes(kind)) {
      this.complain(node, `：${kindNames[kind]}没有属性`);
    }
    return 'any';
  }

  FunctionInvocation(node, locals) {
    const [target, , given] = childrenOf(node);
    if (given) this.parameters(given, locals);
    if (target.name !== 'VariableName' && target.name !== 'SpecialFunctionName') {
      return this.complain(node, '：只能按名称调用函数');
    }
    const name = target.name === 'VariableName' ? this.nameOf(target) : this.said(target);
    if (locals.has(name)) return 'any';
    if (name === 'now' || name === 'today') {
      return this.complain(node, `取自服务器时钟，请改用事实 ${name}`);
    }
    if (!Object.hasOwn(builtins, name) || Object.hasOwn(this.types, name)) {
      return this.complain(node, '：没有这个函数');
    }
    return resultKinds[name] ?? 'any';
  }

  parameters(given, locals) {
    for (const one of childrenOf(given)) {
      this.kind(one.name === 'NamedParameter' ? childrenOf(one).at(-1) : one, locals);
    }
  }

  DateTimeLiteral(node, locals) {
    const [constructor, , given] = childrenOf(node);
    if (constructor.name === 'AtLiteral') return this.temporal(node, '@', constructor.firstChild);
    const name = this.said(constructor).replace(/\s+/g, ' ');
    const only = given && childrenOf(given);
    if (only?.length === 1 && only[0].name === 'StringLiteral') {
      return this.temporal(node, name, only[0]);
    }
    if (given) this.parameters(given, locals);
    return name;
  }

  temporal(node, constructor, literal) {
    const text = this.said(literal).slice(1, -1);
    let name = constructor;
    if (name === '@') {
      if (/^-?P/.test(text)) name = 'duration';
      else if (/^\d+:/.test(text)) name = 'time';
      else name = text.includes('T') ? 'date and time' : 'date';
    }
    const value = literalReaders[name](text);
    if (!value) return this.complain(node, `不是有效的${kindNames[name]}`);
    if (name === 'date and time' && value.zone === null) {
      return this.complain(node, '须带时区偏移，例如 +08:00');
    }
    return name;
  }

  Comparison(node, locals) {
    const [left, operator, ...rest] = childrenOf(node);
    const kind = this.kind(left, locals);
    if (operator.name === 'in') {
      for (const test of rest) this.inTests(test, kind, locals);
      return 'boolean';
    }
    if (operator.name === 'between') {
      for (const bound of [rest[0], rest[2]]) this.same(node, kind, this.kind(bound, locals));
      return 'boolean';
    }
    if (rest[0].name === 'SimplePositiveUnaryTest') {
      this.complain(node, '：比较符号写重了，相等写作 =');
      return 'boolean';
    }
    const other = this.kind(rest[0], locals);
    this.same(node, kind, other);
    if (!/=$/.test(this.said(operator)) || /[<>]/.test(this.said(operator))) {
      this.mustBeOrdered(node, kind);
      this.mustBeOrdered(node, other);
    }
    return 'boolean';
  }

  mustBeOrdered(node, kind) {
    if (kind !== 'any' && !ordered.has(kind)) {
      this.complain(node, `：${kindNames[kind]}不分大小`);
    }
  }

  inTests(node, tested, locals) {
    if (node.name === '(' || node.name === ')') return;
    if (node.name === 'PositiveUnaryTests') {
      for (const one of childrenOf(node)) this.inTests(one, tested, locals);
      return;
    }
    if (node.name !== 'PositiveUnaryTest') {
      this.kind(node, locals);
      return;
    }
    const [test] = childrenOf(node);
    if (test.name === 'SimplePositiveUnaryTest') {
      for (const bound of this.bounds(test)) this.same(node, tested, this.kind(bound, locals));
      return;
    }
    const kind = this.kind(test, locals);
    if (kind !== 'list' && !(kind === 'boolean' && this.said(test).includes('?'))) {
      this.same(node, tested, kind);
    }
  }

  bounds(test) {
    const [only, operand] = childrenOf(test);
    if (only.name !== 'Interval') return [operand];
    return childrenOf(only).filter(({ name }) => !['[', ']', '(', ')', '..'].includes(name));
  }

  Interval(node, locals) {
    const [from, to] = childrenOf(node)
      .filter(({ name }) => !['[', ']', '(', ')', '..'].includes(name))
      .map((bound) => this.kind(bound, locals));
    this.same(node, from, to);
    return 'range';
  }

  UnaryTests(node, locals) {
    for (const child of childrenOf(node)) {
      if (child.name === 'PositiveUnaryTests') this.inTests(child, this.tested, locals);
    }
    return 'boolean';
  }

  Conjunction(node, locals) {
    for (const operand of childrenOf(node)) {
      const kind = this.kind(operand, locals);
      if (!['any', 'boolean', 'null'].includes(kind)) {
        this.complain(operand, `是${kindNames[kind]}，不能用 and、or 连接`);
      }
    }
    return 'boolean';
  }

  Disjunction(node, locals) { return this.Conjunction(node, locals); }

  ArithmeticExpression(node, locals) {
    const parts = childrenOf(node);
    const operator = this.said(parts.find(({ name }) => name === 'ArithOp'));
    const kinds = parts.filter(({ name }) => name !== 'ArithOp').map((one) => this.kind(one, locals));
    for (const kind of kinds) {
      const fits = kind === 'any' || kind === 'number' ||
        ('+-'.includes(operator) && dated.has(kind)) || (operator === '+' && kind === 'string');
      if (!fits) return this.complain(node, `：${kindNames[kind]}不能参与 ${operator} 运算`);
    }
    const [one, other = one] = kinds;
    if (one === other) return dated.has(one) ? 'any' : one;
    if ([one, other].includes('any') || (dated.has(one) && dated.has(other))) return 'any';
    return this.complain(node, `：${kindNames[one]}与${kindNames[other]}不能运算`);
  }

  IfExpression(node, locals) {
    const [, condition, , yes, , no] = childrenOf(node);
    this.mustBeBoolean(condition, locals, 'if 的条件');
    const kind = this.kind(yes, locals);
    return no && this.kind(no, locals) === kind ? kind : 'any';
  }

  QuantifiedExpression(node, locals) {
    const [, iterations, , condition] = childrenOf(node);
    this.mustBeBoolean(condition, this.iterated(iterations, locals), 'satisfies 的条件');
    return 'boolean';
  }

  ForExpression(node, locals) {
    const [, iterations, , body] = childrenOf(node);
    this.kind(body, new Map([...this.iterated(iterations, locals), ['partial', 'list']]));
    return 'list';
  }

  iterated(iterations, locals) {
    const inner = new Map(locals);
    for (const iteration of childrenOf(iterations)) {
      const [name, , source] = childrenOf(iteration);
      this.kind(source, inner);
      this.bind(inner, name, this.nameOf(name), 'any');
    }
    return inner;
  }

  FilterExpression(node, locals) {
    const [target, , filter] = childrenOf(node);
    this.kind(target, locals);
    const kind = this.kind(filter, new Map([...locals, ['item', 'any']]));
    if (!['any', 'number', 'boolean'].includes(kind)) {
      this.complain(filter, `是${kindNames[kind]}，不能用来筛选`);
    }
    return 'any';
  }

  List(node, locals) {
    for (const child of childrenOf(node)) this.kind(child, locals);
    return 'list';
  }

  Context(node, locals) {
    const inner = new Map(locals);
    for (const entry of childrenOf(node).filter(({ name }) => name === 'ContextEntry')) {
      const [key, value] = childrenOf(entry);
      const name = this.said(key).replace(/^"|"$/g, '');
      this.bind(inner, key, name, this.kind(value, inner));
    }
    return 'context';
  }

  FunctionDefinition(node, locals) {
    const inner = new Map(locals);
    for (const part of childrenOf(node)) {
      if (part.name === 'external') return this.complain(node, '：不支持外部函数');
      if (part.name === 'FormalParameters') {
        for (const parameter of childrenOf(part)) {
          this.bind(inner, parameter, this.said(childrenOf(parameter)[0]).trim(), 'any');
        }
      }
      if (part.name === 'FunctionBody') this.kind(part, inner);
    }
    return 'function';
  }

  InstanceOfExpression(node, locals) {
    const [value, , , type] = childrenOf(node);
    this.kind(value, locals);
    if (!typeNames.has(this.said(type).replace(/\s+/g, ' ').trim())) {
      this.complain(type, '不是支持的类型');
    }
    return 'boolean';
  }
}
