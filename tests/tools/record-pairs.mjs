// Records pairs of random schemas a and b with the reference engine's scripts between them.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-pairs.mjs record [--provider P] [--count N] [--seed S] [--size small|medium|large]
//        [--features LIST] [--out FOLDER]
//   PLOY_ORACLE=... node tests/tools/record-pairs.mjs judge TEST_OUTPUT [--url SERVER] [--on-purpose WHY] [--out FOLDER]
//        tries the engine's scripts out where the output of RecordedScriptTests says that ours are others. Those that fail or lead elsewhere
//        are noted under `faults`: there the tests hold ours to the database instead. --url is a scratch PostgreSQL server.
//        The others are named; once all of them are known to differ on purpose, --on-purpose notes them too, with that text.
//   node tests/tools/record-pairs.mjs show FILE.jsonl.gz [INDEX]        the header and the indices, or one pair as text
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { fail, oracleFolder, testFolder, workFolder } from './recording.mjs'

const perFile = 100
const recorded = testFolder('Recorded')
const directions = ['empty a', 'empty b', 'a b', 'b a', 'b empty']
const modes = { record, judge, show }
const [mode, ...rest] = process.argv.slice(2)
await (modes[mode] ?? (() => fail(`The first word is one of ${Object.keys(modes).join(', ')}.`)))(rest)

/** A part of the fuzzer in the oracle's folder. */
function fuzzer(name) {
  return import(pathToFileURL(resolve(oracleFolder(), 'fuzz', name)))
}

function options(args, defaults) {
  const described = Object.entries(defaults).map(([name, value]) => [name, { type: 'string', ...(value === null ? {} : { default: value }) }])
  return parseArgs({ args, options: Object.fromEntries(described), allowPositionals: true })
}

/** [header, ...pairs] of a file. */
function read(path) {
  return gunzipSync(readFileSync(path)).toString().trimEnd().split('\n').map((line) => JSON.parse(line))
}

function write(path, lines) {
  writeFileSync(path, gzipSync(lines.map((line) => JSON.stringify(line) + '\n').join(''), { level: 9 }))
}

async function record(args) {
  const { values } = options(args, { provider: 'postgresql', count: '500', seed: 'recorded', size: 'small', features: '', out: recorded })
  const [{ eachPair }, { featureSet }] = await Promise.all(['pairs.mjs', 'generate.mjs'].map(fuzzer))
  const { dependencies } = JSON.parse(readFileSync(join(oracleFolder(), 'package.json'), 'utf8'))
  const pairs = []
  await eachPair({ ...values, count: Number(values.count), from: 0, featureSet: featureSet(values.features) }, async (list) => {
    for (const { i, edits, files, answers } of list) {
      const sql = Object.fromEntries(directions.map((direction) => [direction, answers[direction].sql]))
      if (Object.values(sql).every((text) => text !== undefined)) pairs.push({ index: i, edits, ...files, sql })
    }
  })
  pairs.sort((x, y) => x.index - y.index)
  mkdirSync(values.out, { recursive: true })
  const given = ['provider', 'count', 'seed', 'size', 'features'].filter((name) => values[name]).map((name) => `--${name} ${values[name]}`)
  const { provider, seed, size } = values
  const header = { engine: dependencies['schema-engine-7'], provider, seed, size, command: `node tests/tools/record-pairs.mjs record ${given.join(' ')}` }
  for (let i = 0; i < pairs.length; i += perFile)
    write(join(values.out, `${provider}-${seed}-${String(i / perFile).padStart(3, '0')}.jsonl.gz`), [header, ...pairs.slice(i, i + perFile)])
}

async function judge(args) {
  const { values, positionals } = options(args, { url: null, 'on-purpose': null, out: recorded })
  const [{ judge: tryOut }, { writeSchema }] = await Promise.all(['pairs.mjs', 'text.mjs'].map(fuzzer))
  const work = workFolder()
  const files = new Map()
  const cases = { postgresql: [], sqlite: [] }
  for (const [, file, index, from, to] of readFileSync(positionals[0], 'utf8').matchAll(/^\s*(\S+\.jsonl\.gz) (\d+) (\w+) → (\w+)$/gm)) {
    if (!files.has(file)) files.set(file, read(join(values.out, file)))
    const [header, ...pairs] = files.get(file)
    const entry = pairs.find((pair) => pair.index === Number(index))
    const answers = Object.fromEntries(directions.map((direction) => [direction, { sql: entry.sql[direction] }]))
    const paths = Object.fromEntries(['a', 'b'].map((side) => [side, writeSchema(work, `${file}-${index}${side}`, entry[side])]))
    const pair = { i: entry.index, files: { a: entry.a, b: entry.b }, paths: { empty: 'empty', ...paths }, answers }
    cases[header.provider].push({ pair, from, to, answer: answers[`${from} ${to}`], actual: '', entry, file })
  }
  for (const [provider, list] of Object.entries(cases)) {
    if (list.length === 0) continue
    for (const [{ entry, file, from, to }, { fault, theirs }] of await tryOut(list, { provider, url: provider === 'sqlite' ? undefined : values.url }, work)) {
      if (fault) (entry.faults ??= {})[`${from} ${to}`] = theirs.note.replaceAll(/\s+/g, ' ').slice(0, 200)
      else if (values['on-purpose']) (entry.faults ??= {})[`${from} ${to}`] = values['on-purpose']
      else console.log(`${file} ${entry.index} ${from} → ${to}: the engine's script is right`)
    }
  }
  // Where ours has become the same there is nothing left to note.
  for (const [, file, index, from, to] of readFileSync(positionals[0], 'utf8').matchAll(/^\s*(\S+\.jsonl\.gz) (\d+) (\w+) → (\w+): noted/gm)) {
    if (!files.has(file)) files.set(file, read(join(values.out, file)))
    const entry = files.get(file).find((pair) => pair.index === Number(index))
    delete entry.faults[`${from} ${to}`]
    if (Object.keys(entry.faults).length === 0) delete entry.faults
  }
  for (const [file, lines] of files) write(join(values.out, file), lines)
}

function show([path, index]) {
  const [header, ...pairs] = read(path)
  if (index === undefined) {
    console.log(JSON.stringify(header, null, 2))
    for (const { index, edits, faults } of pairs) console.log(`${index}  ${edits.join('; ')}${faults ? `  [${Object.keys(faults)}]` : ''}`)
    return
  }
  const pair = pairs.find((p) => p.index === Number(index)) ?? fail(`There is no pair ${index}.`)
  for (const side of ['a', 'b']) for (const file of pair[side]) console.log(`-- ${side}/${file.path} --\n${file.text}`)
  for (const direction of directions) console.log(`-- ${direction} --\n${pair.faults?.[direction] ? `-- ${pair.faults[direction]}\n` : ''}${pair.sql[direction]}\n`)
}
