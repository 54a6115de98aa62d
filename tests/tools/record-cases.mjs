// Writes into the .case files what the reference engine answers: the sections `postgresql.up` and `sqlite.up`.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-cases.mjs [PART_OF_A_PATH]
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
const cases = join(dirname(fileURLToPath(import.meta.url)), '..', 'Ploy.Conformance.Tests', 'Cases')
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

/** Writes one side into a folder; `null` where the case has no such side, which means an empty database. */
function writeSide(parts, side, provider, folder) {
  const files = parts.filter((p) => p.name === `${side}.prisma` || p.name?.startsWith(`${side}/`))
  if (files.length === 0) return 'empty'
  mkdirSync(folder, { recursive: true })
  if (!files.some((f) => f.text.includes('datasource ')))
    writeFileSync(join(folder, 'datasource.prisma'), `datasource db {\n  provider = "${provider}"\n}\n`)
  for (const file of files) writeFileSync(join(folder, file.name.split('/').at(-1)), file.text)
  return folder
}

const paths = readdirSync(cases, { recursive: true }).filter((p) => p.endsWith('.case') && p.includes(filter)).sort()
const questions = []
for (const [i, path] of paths.entries()) {
  const parts = parse(readFileSync(join(cases, path), 'utf8'))
  const only = /^providers: (.*)$/m.exec(parts[0].text)?.[1].split(/, */) ?? ['postgresql', 'sqlite']
  for (const provider of only) {
    const side = (name) => writeSide(parts, name, provider, join(work, String(i), provider, name))
    questions.push({ id: `${path}#${provider}`, from: side('before'), to: side('after') })
  }
}
const file = join(work, 'questions.jsonl')
writeFileSync(file, questions.map((q) => JSON.stringify(q)).join('\n') + '\n')
const answers = ask('batch', file).trim().split('\n').map((line) => JSON.parse(line))
let changed = 0
for (const { id, sql, error } of answers) {
  const [path, provider] = id.split('#')
  if (error) {
    console.error(`${path} (${provider}): ${error}`)
    process.exitCode = 1
    continue
  }
  const text = readFileSync(join(cases, path), 'utf8')
  const parts = parse(text)
  const name = `${provider}.up`
  const up = sql.endsWith('\n') ? sql : `${sql}\n`
  const section = parts.find((p) => p.name === name)
  if (section) section.text = up
  else parts.push({ name, text: up })
  if (print(parts) !== text) {
    writeFileSync(join(cases, path), print(parts))
    changed++
  }
}
const engine = JSON.parse(ask('version'))['7'].schemaEngine.replace(/^npm:/, '')
writeFileSync(join(cases, 'engine.txt'), `The sections NAME.up are what this engine answered; tests/tools/record-cases.mjs asks it again.\n${engine}\n`)
rmSync(work, { recursive: true })
console.error(`${answers.length} answers for ${paths.length} files, ${changed} sections rewritten in ${relative(process.cwd(), cases)}`)
