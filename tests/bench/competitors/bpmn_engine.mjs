// npm bpmn-engine with its state saved in SQLite after each step and recovered before the next.
//
// node competitors/bpmn_engine.mjs DIAGRAM DATABASE: reads a number of seconds a line, runs cases
// for so long, answers {"instances", "seconds"}. The diagram is parsed once and kept out of the
// saved state. SQLite as durable as ours: WAL, synchronous=FULL.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'

import BpmnModdle from 'bpmn-moddle'
import { Engine } from 'bpmn-engine'
import * as elements from 'bpmn-elements'
import serializer, { TypeResolver } from 'moddle-context-serializer'

const [diagram, file] = process.argv.slice(2)
const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec('CREATE TABLE cases (id INTEGER PRIMARY KEY, state TEXT NOT NULL, ended INTEGER NOT NULL)')
const insert = database.prepare('INSERT INTO cases (state, ended) VALUES (?, 0)')
const select = database.prepare('SELECT state FROM cases WHERE id = ?')
const update = database.prepare('UPDATE cases SET state = ?, ended = ? WHERE id = ?')

const xml = readFileSync(diagram, 'utf8')
const sourceContext = serializer(await new BpmnModdle().fromXML(xml), TypeResolver(elements))

const STEPS = [
  ['describe', { title: '门店招牌', place: '殷都区钢城路9号', reason: '换新' }],
  ['check', { agreed: true }],
  ['confirm', { remark: '属实' }],
  ['file', { remark: '已归档' }],
]

// What a task was answered is kept where conditions can read it.
const extensions = {
  keepAnswers(activity, { environment }) {
    if (activity.type !== 'bpmn:UserTask') return
    activity.on('end', ({ content }) => environment.assignVariables(content.output))
  },
}

const newEngine = () => new Engine({ name: 'workload', sourceContext, extensions })

function saved(execution) {
  const state = execution.getState()
  for (const definition of state.definitions) delete definition.source
  return JSON.stringify(state)
}

async function run() {
  const opened = await newEngine().execute({ variables: { topic: '设置招牌' } })
  const id = insert.run(saved(opened)).lastInsertRowid
  for (const [element, answers] of STEPS) {
    const engine = newEngine().recover(JSON.parse(select.get(id).state))
    const execution = await engine.resume()
    execution.signal({ id: element, ...answers })
    update.run(saved(execution), Number(execution.state === 'idle'), id)
  }
  return id
}

const ended = JSON.parse(select.get(await run()).state)
const { children } = ended.definitions[0].execution.processes[0].execution
if (children.find(({ id }) => id === 'filed').counters.taken !== 1) throw new Error('the case did not end')
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const begun = performance.now()
  let instances = 0
  while (performance.now() - begun < Number(line) * 1000) {
    await run()
    instances += 1
  }
  console.log(JSON.stringify({ instances, seconds: (performance.now() - begun) / 1000 }))
}
