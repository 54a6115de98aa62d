// Writes into the cases below Replayed what the reference engine makes of each history beside its schema: the sections DIRECTION.engine.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS node tests/tools/record-replays.mjs --url postgresql://postgres@127.0.0.1:5432/postgres
// The server is a scratch one: histories are replayed in databases that are made there and dropped again.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, engine, noteEngine, option, parse, rewrite, setSection, testFolder, workFolder } from './recording.mjs'

const cases = testFolder('Replayed')
const work = workFolder()
const url = process.argv[process.argv.indexOf('--url') + 1]
const paths = readdirSync(cases).filter((p) => p.endsWith('.case')).sort()
const questions = { postgresql: [], sqlite: [] }
for (const path of paths) {
  const parts = parse(readFileSync(join(cases, path), 'utf8'))
  const text = (name) => parts.find((p) => p.name === name).text
  const provider = option(parts, 'provider')
  const folder = join(work, path)
  mkdirSync(join(folder, 'migrations', '20200101000000_all'), { recursive: true })
  writeFileSync(join(folder, 'migrations', 'migration_lock.toml'), `provider = "${option(parts, 'lock') ?? provider}"\n`)
  writeFileSync(join(folder, 'migrations', '20200101000000_all', 'migration.sql'), text('migration.sql'))
  writeFileSync(join(folder, 'schema.prisma'), text('schema.prisma'))
  const [history, schema] = [`migrations:${join(folder, 'migrations')}`, join(folder, 'schema.prisma')]
  for (const [direction, from, to] of [['history-to-schema', history, schema], ['empty-to-history', 'empty', history], ['schema-to-history', schema, history]])
    questions[provider].push({ id: `${path}#${direction}`, from, to })
}

let changed = 0
for (const [list, ...server] of [[questions.postgresql, '--url', url], [questions.sqlite]])
  for (const { id, sql, error } of answers(work, list, ...server)) {
    const [path, direction] = id.split('#')
    changed += rewrite(join(cases, path), (parts) => {
      setSection(parts, `${direction}.engine`, sql === undefined ? `${error.split('\n', 2).join(' ').trim()}\n` : `${sql.trimEnd()}\n`)
      return parts
    })
  }
noteEngine(cases, 'DIRECTION.engine', 'record-replays.mjs', [engine('schemaEngine')])
console.error(`${paths.length} cases, ${changed} sections rewritten`)
