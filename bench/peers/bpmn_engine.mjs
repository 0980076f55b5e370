// bpmn-engine: the same loop, its state in one row of PostgreSQL or in a file that is synced. usage: bpmn_engine.mjs FOLDER DATABASE_URL MODULES DIAGRAM
import { EventEmitter } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [folder, url, modules, diagram] = process.argv.slice(2);
const require = createRequire(modules + '/');
const { Engine } = require('bpmn-engine');
const PAIRS = 5;
const source = readFileSync(diagram, 'utf8').replace('%CONDITION%', "${environment.variables.again}");

async function store() {
  if (url) {
    const { Client } = require('pg');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('DROP TABLE IF EXISTS instance');
    await client.query('CREATE TABLE instance (id serial PRIMARY KEY, state text)');
    return {
      add: async (state) => (await client.query('INSERT INTO instance (state) VALUES ($1) RETURNING id', [state])).rows[0].id,
      read: async (id) => (await client.query('SELECT state FROM instance WHERE id = $1', [id])).rows[0].state,
      write: (id, state) => client.query('UPDATE instance SET state = $2 WHERE id = $1', [id, state]),
    };
  }
  mkdirSync(folder, { recursive: true });
  let count = 0;
  const path = (id) => `${folder}/${id}.json`;
  const write = (id, state) => {
    const file = openSync(path(id), 'w');
    writeSync(file, state);
    fsyncSync(file);
    closeSync(file);
  };
  return { add: (state) => { write(++count, state); return count; }, read: (id) => readFileSync(path(id), 'utf8'), write };
}

const kept = await store();

async function begin() {
  const engine = new Engine({ name: 'loop', source });
  await engine.execute({ listener: new EventEmitter(), variables: { again: true } });
  const id = await kept.add(JSON.stringify(await engine.getState()));
  engine.stop();
  return id;
}

async function step(id, node, values) {
  const engine = new Engine().recover(JSON.parse(await kept.read(id)));
  const execution = await engine.resume({ listener: new EventEmitter() });
  execution.definitions[0].getProcesses()[0].environment.variables.again = values.again === 'yes';
  execution.signal({ id: node, ...values });
  await kept.write(id, JSON.stringify(await engine.getState()));
  const state = execution.state;
  engine.stop();
  return state;
}

const fields = Object.fromEntries(Array.from({ length: 14 }, (_, number) => [`field_${number + 1}`, `答复 ${number + 1}`]));
console.log(JSON.stringify('ready'));
for await (const line of createInterface({ input: process.stdin })) {
  const times = [];
  for (let round = 0; round < Number(line); round++) {
    const id = await begin();
    for (let pair = 0; pair < PAIRS; pair++) {
      for (const node of ['a', 'b']) {
        const values = { ...fields, again: pair === PAIRS - 1 ? 'no' : 'yes' };
        const began = performance.now();
        const state = await step(id, node, values);
        times.push(performance.now() - began);
        if ((state === 'running') === (pair === PAIRS - 1 && node === 'b')) throw new Error(`after ${node} ${pair}: ${state}`);
      }
    }
  }
  console.log(JSON.stringify(times));
}
process.exit(0);
