// Writes into the .invalid files which lines the reference engine names: the section `engine`, one line for each generation.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-invalid.mjs [PART_OF_A_PATH]
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const oracle = process.env.PLOY_ORACLE
if (!oracle) {
  console.error('PLOY_ORACLE must name the folder of oracle.mjs.')
  process.exit(1)
}
const cases = join(dirname(fileURLToPath(import.meta.url)), '..', 'Ploy.Conformance.Tests', 'Invalid')
const filter = process.argv[2] ?? ''
const work = mkdtempSync(join(tmpdir(), 'ploy-record-'))
const ask = (...args) => execFileSync('node', [join(oracle, 'oracle.mjs'), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })

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

const print = (parts) => parts.map((p) => (p.name ? `-- ${p.name} --\n` : '') + p.text).join('')

/** The places that an answer names, without warnings, each once, in order of files and lines. */
function places(error) {
  const found = [...error.replace(/\x1b\[[0-9;]*m/g, '').matchAll(/^error: [^]*?^\s*-->\s+(\S+?):(\d+)$/gm)].map((m) => [relative(work, m[1]).replace(/^\d+\//, ''), +m[2]])
  found.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y))
  return [...new Set(found.map(([path, line]) => `${path}:${line}`))].join(' ')
}

const paths = readdirSync(cases, { recursive: true }).filter((p) => p.endsWith('.invalid') && p.includes(filter)).sort()
const questions = paths.map((path, id) => {
  const parts = parse(readFileSync(join(cases, path), 'utf8'))
  const provider = /^provider: (.*)$/m.exec(parts[0].text)?.[1] ?? 'postgresql'
  const files = parts.filter((p) => p.name === 'schema.prisma' || p.name?.startsWith('schema/'))
  if (!files.some((f) => f.text.includes('datasource ')))
    files.push({ name: 'datasource.prisma', text: `datasource db {\n  provider = "${provider}"\n  url = env("DATABASE_URL")\n}\n` })
  for (const file of files) {
    const target = join(work, String(id), file.name)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, file.text)
  }
  return { id, validate: join(work, String(id)) }
})
const file = join(work, 'questions.jsonl')
writeFileSync(file, questions.map((q) => JSON.stringify(q)).join('\n') + '\n')

const versions = JSON.parse(ask('version'))
const answers = paths.map(() => '')
for (const generation of ['7', '6'])
  for (const answer of ask('batch', file, '--generation', generation).trim().split('\n').map((line) => JSON.parse(line)))
    answers[answer.id] += `${generation}: ${answer.valid ? 'valid' : places(answer.error)}\n`

let changed = 0
for (const [id, path] of paths.entries()) {
  const text = readFileSync(join(cases, path), 'utf8')
  const parts = parse(text)
  const section = parts.find((p) => p.name === 'engine')
  if (section) section.text = answers[id]
  else parts.push({ name: 'engine', text: answers[id] })
  if (print(parts) !== text) {
    writeFileSync(join(cases, path), print(parts))
    changed++
  }
}
const engines = ['7', '6'].map((g) => `${g}: ${versions[g].prismaSchema.replace(/^npm:/, '')}`).join('\n')
writeFileSync(join(cases, 'engine.txt'), `The sections engine are what these engines answered; tests/tools/record-invalid.mjs asks them again.\n${engines}\n`)
rmSync(work, { recursive: true })
console.error(`${paths.length} files, ${changed} rewritten in ${relative(process.cwd(), cases)}`)
