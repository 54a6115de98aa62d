// Writes into the .case files what the reference engine answers: the sections `postgresql.up` and `sqlite.up`.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-cases.mjs [PART_OF_A_PATH]
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { answers, casePaths, engine, noteEngine, option, parse, rewrite, schemaFiles, setSection, testFolder, workFolder, writeSchema } from './recording.mjs'

const cases = testFolder('Cases')
const work = workFolder()
const paths = casePaths(cases, '.case')
const questions = []
for (const [i, path] of paths.entries()) {
  const parts = parse(readFileSync(join(cases, path), 'utf8'))
  for (const provider of option(parts, 'providers')?.split(/, */) ?? ['postgresql', 'sqlite']) {
    // A case without that side starts or ends with an empty database.
    const side = (name) => {
      const files = schemaFiles(parts, name)
      const folder = join(work, String(i), provider, name)
      if (files.length > 0) writeSchema(folder, files, `  provider = "${provider}"\n`, basename)
      return files.length > 0 ? folder : 'empty'
    }
    questions.push({ id: `${path}#${provider}`, from: side('before'), to: side('after') })
  }
}

let changed = 0
for (const { id, sql, error } of answers(work, questions)) {
  const [path, provider] = id.split('#')
  if (error) {
    console.error(`${path} (${provider}): ${error}`)
    process.exitCode = 1
    continue
  }
  changed += rewrite(join(cases, path), (parts) => {
    setSection(parts, `${provider}.up`, sql.endsWith('\n') ? sql : `${sql}\n`)
    return parts
  })
}
noteEngine(cases, 'NAME.up', 'record-cases.mjs', [engine('schemaEngine')])
console.error(`${questions.length} answers for ${paths.length} files, ${changed} sections rewritten`)
