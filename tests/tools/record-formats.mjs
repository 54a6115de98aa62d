// Writes into the .format files what the reference engine makes of their schemas: the sections `formatted`.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-formats.mjs [PART_OF_A_PATH]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { answers, casePaths, engine, noteEngine, option, parse, rewrite, schemaFiles, testFolder, workFolder } from './recording.mjs'

const formats = testFolder('Formats')
const work = workFolder()
const paths = casePaths(formats, '.format')
const questions = paths.map((path, i) => {
  const parts = parse(readFileSync(join(formats, path), 'utf8'))
  const folder = join(work, String(i))
  mkdirSync(folder)
  const hasEnd = option(parts, 'final-line-end') !== 'no'
  for (const { name, text } of schemaFiles(parts, 'before')) writeFileSync(join(folder, basename(name)), hasEnd ? text : text.replace(/\n$/, ''))
  return { id: path, format: folder }
})

let changed = 0
for (const { id, files, error } of answers(work, questions)) {
  if (error) throw new Error(`${id}: ${error}`)
  changed += rewrite(join(formats, id), (all) => {
    const parts = all.filter((p) => !p.name?.startsWith('formatted'))
    const formatted = parts
      .filter((p) => p.name)
      .map(({ name }) => ({ name: name.replace('before', 'formatted'), text: files.find((f) => basename(f.path) === basename(name)).content }))
    return [...parts, ...formatted]
  })
}
noteEngine(formats, 'formatted', 'record-formats.mjs', [engine('prismaSchema')])
console.error(`${paths.length} files, ${changed} rewritten`)
