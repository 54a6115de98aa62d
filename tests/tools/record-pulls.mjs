// What the reference engine makes of databases.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-pulls.mjs cases --url SERVER [PART_OF_A_PATH]
//        writes the sections `engine.prisma` of the .pull files: those with an `after.prisma` differ on purpose
//   PLOY_ORACLE=... node tests/tools/record-pulls.mjs random --url SERVER [--provider P] [--count N] [--seed S]
//        random databases with random objects that no schema can say, and pulls over an empty or a full schema
//   node tests/tools/record-pulls.mjs show FILE.jsonl.gz [INDEX]
// --url is a scratch PostgreSQL server: databases are made there and dropped again.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'

const pulls = join(dirname(fileURLToPath(import.meta.url)), '..', 'Ploy.Conformance.Tests', 'Pulls')
const modes = { cases, random, show }
const [mode, ...rest] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'ploy-record-'))
try {
  await (modes[mode] ?? (() => fail(`The first word is one of ${Object.keys(modes).join(', ')}.`)))(rest)
} finally {
  rmSync(work, { recursive: true })
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

function folder() {
  return process.env.PLOY_ORACLE ?? fail('PLOY_ORACLE must name the folder of oracle.mjs.')
}

/** A part of the fuzzer in the oracle's folder. */
function fuzzer(name) {
  return import(pathToFileURL(resolve(folder(), 'fuzz', name)))
}

function ask(...args) {
  return spawnSync('node', [join(folder(), 'oracle.mjs'), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
}

function engine() {
  return JSON.parse(readFileSync(join(folder(), 'package.json'), 'utf8')).dependencies['schema-engine-7'].replace(/^npm:/, '')
}

/** The head and the sections of a file, in order; the same rules as the tests' reader. */
function parse(text) {
  const parts = [{ name: null, text: '' }]
  for (const line of text.split(/(?<=\n)/)) {
    const name = /^-- (.+) --\n?$/.exec(line)?.[1]
    if (name) parts.push({ name, text: '' })
    else parts.at(-1).text += line
  }
  return parts
}

async function cases(args) {
  const { values, positionals } = parseArgs({ args, options: { url: { type: 'string' } }, allowPositionals: true })
  const { scratch } = await fuzzer('databases.mjs')
  const paths = readdirSync(pulls, { recursive: true }).filter((p) => p.endsWith('.pull') && p.includes(positionals[0] ?? '')).sort()
  for (const path of paths) {
    const parts = parse(readFileSync(join(pulls, path), 'utf8')).filter((p) => p.name !== 'engine.prisma')
    const section = (name) => parts.find((p) => p.name === name)?.text
    const database = await scratch(/^provider: sqlite$/m.test(parts[0].text) ? 'sqlite' : 'postgresql', values.url, work)
    try {
      await database.run(section('database.sql'))
      const before = join(work, 'schema.prisma')
      writeFileSync(before, section('before.prisma'))
      const answer = ask('pull', '--url', database.url, '--schema', before)
      if (answer.status !== 0) throw new Error(`${path}: ${answer.stderr}`)
      parts.splice(parts.findIndex((p) => p.name === 'before.prisma') + 1, 0, { name: 'engine.prisma', text: answer.stdout.trimEnd() + '\n' })
      writeFileSync(join(pulls, path), parts.map((p) => (p.name ? `-- ${p.name} --\n` : '') + p.text).join(''))
    } finally {
      await database.drop()
    }
  }
  writeFileSync(join(pulls, 'engine.txt'), `The sections engine.prisma are what this engine answered; \`tests/tools/record-pulls.mjs cases\` asks it again.\n${engine()}\n`)
  console.error(`${paths.length} files`)
}

async function random(args) {
  const option = (value) => ({ type: 'string', ...(value ? { default: value } : {}) })
  const { values } = parseArgs({ args, options: { url: option(), provider: option('postgresql'), count: option('60'), seed: option('recorded') } })
  const [{ scratch, neededExtensions }, { extrasFor }, { contextFor, generateSchema, featureSet }, { printSchema }, { joinFiles, skeleton, isEmptyScript }] =
    await Promise.all(['databases.mjs', 'extras.mjs', 'generate.mjs', 'schema.mjs', 'text.mjs'].map(fuzzer))
  const settings = { ...values, size: 'small', featureSet: featureSet('') }
  const entries = []
  for (let i = 0; i < Number(values.count); i++) {
    const ctx = contextFor(settings, 'pull', i)
    const schema = generateSchema(ctx, settings.size)
    schema.url = false
    const files = printSchema(schema)
    const extras = extrasFor(ctx, schema)
    const text = joinFiles(files)
    const path = join(work, 'a.prisma')
    writeFileSync(path, text)
    const script = execFileSync('node', [join(folder(), 'oracle.mjs'), 'diff', '--from', 'empty', '--to', path, '--script'], { encoding: 'utf8' })
    const database = await scratch(values.provider, values.url, work)
    try {
      const sql = []
      const run = (part) => database.run(part).then(() => sql.push(part))
      const needed = values.provider === 'sqlite' ? '' : neededExtensions(text)
      if (!isEmptyScript(needed)) await run(needed)
      await run(script)
      for (const part of extras) await run(part).catch(() => {})
      // Plain comments are ours to keep; whether they stay has tests of its own.
      const before = (files.length === 1 && i % 2 ? text : skeleton(text)).split('\n').filter((line) => !/(^|\s)\/\/($|[^/])/.test(line)).join('\n')
      writeFileSync(path, before)
      const answer = ask('pull', '--url', database.url, '--schema', path)
      if (answer.status === 0) entries.push({ index: i, sql, before, engine: answer.stdout.trimEnd() + '\n' })
    } catch (error) {
      console.error(`${i}: ${String(error.message).split('\n')[0]}`)
    } finally {
      await database.drop()
    }
  }
  const { provider, count, seed } = values
  const header = { engine: engine(), provider, command: `node tests/tools/record-pulls.mjs random --url SERVER --provider ${provider} --count ${count} --seed ${seed}` }
  mkdirSync(pulls, { recursive: true })
  writeFileSync(join(pulls, `${provider}-${seed}.jsonl.gz`), gzipSync([header, ...entries].map((line) => JSON.stringify(line) + '\n').join(''), { level: 9 }))
  console.error(`${entries.length} of ${count}`)
}

function show([file, index]) {
  const [header, ...entries] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n').map((line) => JSON.parse(line))
  const entry = entries.find((e) => e.index === Number(index))
  console.log(entry ? [entry.sql.join(';\n\n'), '-- before --', entry.before, '-- engine --', entry.engine].join('\n') : JSON.stringify({ ...header, indices: entries.map((e) => e.index) }))
}
