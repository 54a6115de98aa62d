// Writes into the .format files what the reference engine makes of their schemas: the sections `formatted`.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-formats.mjs [PART_OF_A_PATH]
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const oracle = process.env.PLOY_ORACLE
if (!oracle) {
  console.error('PLOY_ORACLE must name the folder of oracle.mjs.')
  process.exit(1)
}
const formats = join(dirname(fileURLToPath(import.meta.url)), '..', 'Ploy.Conformance.Tests', 'Formats')
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
const paths = readdirSync(formats, { recursive: true }).filter((p) => p.endsWith('.format') && p.includes(filter)).sort()
const questions = paths.map((path, i) => {
  const parts = parse(readFileSync(join(formats, path), 'utf8'))
  const folder = join(work, String(i))
  mkdirSync(folder)
  const hasEnd = !/^final-line-end: no$/m.test(parts[0].text)
  for (const { name, text } of parts.filter((p) => p.name === 'before.prisma' || p.name?.startsWith('before/')))
    writeFileSync(join(folder, basename(name)), hasEnd ? text : text.replace(/\n$/, ''))
  return { id: path, format: folder }
})
const file = join(work, 'questions.jsonl')
writeFileSync(file, questions.map((q) => JSON.stringify(q) + '\n').join(''))
let changed = 0
for (const { id, files, error } of ask('batch', file).trim().split('\n').map((line) => JSON.parse(line))) {
  if (error) throw new Error(`${id}: ${error}`)
  const text = readFileSync(join(formats, id), 'utf8')
  const parts = parse(text).filter((p) => !p.name?.startsWith('formatted'))
  for (const { name } of parts.filter((p) => p.name)) {
    const answer = files.find((f) => basename(f.path) === basename(name))
    parts.push({ name: name.replace('before', 'formatted'), text: answer.content })
  }
  if (print(parts) === text) continue
  writeFileSync(join(formats, id), print(parts))
  changed++
}
const engine = JSON.parse(ask('version'))['7'].prismaSchema.replace(/^npm:/, '')
writeFileSync(join(formats, 'engine.txt'), `The sections formatted are what this engine answered; tests/tools/record-formats.mjs asks it again.\n${engine}\n`)
rmSync(work, { recursive: true })
console.error(`${paths.length} files, ${changed} rewritten`)
