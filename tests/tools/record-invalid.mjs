// Writes into the .invalid files which lines the reference engine names: the section `engine`, one line for each generation.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-invalid.mjs [PART_OF_A_PATH]
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { answers, casePaths, engine, noteEngine, option, parse, rewrite, schemaFiles, setSection, testFolder, workFolder, writeSchema } from './recording.mjs'

const cases = testFolder('Invalid')
const work = workFolder()
const generations = ['7', '6']

/** The places that an answer names, without warnings, each once, in order of files and lines. */
function places(error) {
  const found = [...error.replace(/\x1b\[[0-9;]*m/g, '').matchAll(/^error: [^]*?^\s*-->\s+(\S+?):(\d+)$/gm)].map((m) => [relative(work, m[1]).replace(/^\d+\//, ''), +m[2]])
  found.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y))
  return [...new Set(found.map(([path, line]) => `${path}:${line}`))].join(' ')
}

const paths = casePaths(cases, '.invalid')
const questions = paths.map((path, id) => {
  const parts = parse(readFileSync(join(cases, path), 'utf8'))
  const datasource = `  provider = "${option(parts, 'provider') ?? 'postgresql'}"\n  url = env("DATABASE_URL")\n`
  writeSchema(join(work, String(id)), schemaFiles(parts, 'schema'), datasource, (name) => name)
  return { id, validate: join(work, String(id)) }
})

const verdicts = paths.map(() => '')
for (const generation of generations)
  for (const answer of answers(work, questions, '--generation', generation))
    verdicts[answer.id] += `${generation}: ${answer.valid ? 'valid' : places(answer.error)}\n`

let changed = 0
for (const [id, path] of paths.entries())
  changed += rewrite(join(cases, path), (parts) => {
    setSection(parts, 'engine', verdicts[id])
    return parts
  })
noteEngine(cases, 'engine', 'record-invalid.mjs', generations.map((g) => `${g}: ${engine('prismaSchema', g)}`))
console.error(`${paths.length} files, ${changed} rewritten`)
