// What the record-*.mjs scripts share: the reference engine as a process, and the files of cases with their sections.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder of the conformance tests. */
export const testFolder = (name) => join(dirname(fileURLToPath(import.meta.url)), '..', 'Ploy.Conformance.Tests', name)

/** Ends the script with a sentence. */
export function fail(message) {
  console.error(message)
  process.exit(1)
}

/** The folder of oracle.mjs. */
export const oracleFolder = () => process.env.PLOY_ORACLE ?? fail('PLOY_ORACLE must name the folder of oracle.mjs.')

const ask = (...args) => execFileSync('node', [join(oracleFolder(), 'oracle.mjs'), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })

/** A new folder that is gone when the script ends, however it does. */
export function workFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'ploy-record-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The answers to questions, each with the question's `id`, in the order in which they come. */
export function answers(work, questions, ...options) {
  const file = join(work, 'questions.jsonl')
  writeFileSync(file, questions.map((q) => JSON.stringify(q) + '\n').join(''))
  return ask('batch', file, ...options).trim().split('\n').map((line) => JSON.parse(line))
}

/** The name and version of a part of the engine: `schemaEngine`, `prismaSchema`. */
export const engine = (part, generation = '7') => JSON.parse(ask('version'))[generation][part].replace(/^npm:/, '')

/** Notes beside the cases which engine answered. */
export function noteEngine(folder, sections, script, engines) {
  const one = engines.length === 1
  const sentence = `The sections ${sections} are what ${one ? 'this engine' : 'these engines'} answered; tests/tools/${script} asks ${one ? 'it' : 'them'} again.`
  writeFileSync(join(folder, 'engine.txt'), [sentence, ...engines].join('\n') + '\n')
}

/** The paths below a folder that end so and contain the script's argument, if it has one. */
export const casePaths = (folder, extension) =>
  readdirSync(folder, { recursive: true }).filter((p) => p.endsWith(extension) && p.includes(process.argv[2] ?? '')).sort()

/** The head (without a name) and the sections of a file, in order; the same rules as the tests' reader. */
export function parse(text) {
  const parts = [{ name: null, text: '' }]
  for (const line of text.split(/(?<=\n)/)) {
    const name = /^-- (.+) --\n?$/.exec(line)?.[1]
    if (name) parts.push({ name, text: '' })
    else parts.at(-1).text += line
  }
  return parts
}

/** The sections that are schema files: `NAME.prisma`, or those below `NAME/`. */
export const schemaFiles = (parts, name) => parts.filter((p) => p.name === `${name}.prisma` || p.name?.startsWith(`${name}/`))

/** The head's value of a word such as `providers`; undefined where it has none. */
export const option = (parts, name) => new RegExp(`^${name}: (.*)$`, 'm').exec(parts[0].text)?.[1]

/** Replaces a section's text, or adds the section behind the others. */
export function setSection(parts, name, text) {
  const section = parts.find((p) => p.name === name)
  if (section) section.text = text
  else parts.push({ name, text })
}

/** Writes a schema's files below a folder, with a datasource where they have none; `path` says where each goes. */
export function writeSchema(folder, files, datasource, path) {
  const all = files.some((f) => f.text.includes('datasource ')) ? files : [...files, { name: 'datasource.prisma', text: `datasource db {\n${datasource}}\n` }]
  for (const file of all) {
    const target = join(folder, path(file.name))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, file.text)
  }
}

/** Reads a file, changes its sections and writes it where that changes its text; true where it did. */
export function rewrite(path, change) {
  const text = readFileSync(path, 'utf8')
  const printed = change(parse(text)).map((p) => (p.name ? `-- ${p.name} --\n` : '') + p.text).join('')
  if (printed !== text) writeFileSync(path, printed)
  return printed !== text
}
