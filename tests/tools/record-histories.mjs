// Makes every state of tests/tools/histories.mjs on PostgreSQL and SQLite, asks the reference engine what it says of each, and writes both
// down in tests/Ploy.Cli.Tests/Histories/recorded.json, which the suite replays.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS PG=postgresql://postgres@127.0.0.1:5432/SCRATCH node tests/tools/record-histories.mjs [PART_OF_A_NAME]
// The database SCRATCH is emptied again and again. Needs psql and sqlite3.
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { states } from './histories.mjs'

const { PLOY_ORACLE: oracle, PG: url } = process.env
if (!oracle || !url) {
  console.error('PLOY_ORACLE must name the folder of oracle.mjs, PG a scratch database.')
  process.exit(1)
}
const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'Ploy.Cli.Tests', 'Histories', 'recorded.json')
const filter = process.argv[2] ?? ''
const work = mkdtempSync(join(tmpdir(), 'ploy-histories-'))
const run = promisify(execFile)

const sha = (text) => createHash('sha256').update(text).digest()
const checksums = {
  file: (text) => sha(text).toString('hex'),
  lf: (text) => sha(text.replaceAll('\r\n', '\n')).toString('hex'),
  crlf: (text) => sha(text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n')).toString('hex'),
  legacy: (text) => [...sha(text)].map((b) => b.toString(16)).join(''),
  other: () => sha('something else').toString('hex'),
}

/** The SQL that makes a state in an empty database. */
function setup(state, provider) {
  const sqlite = provider === 'sqlite'
  const sql = state.tables.map((t) => `CREATE TABLE "${t}" (\n    "id" INTEGER NOT NULL PRIMARY KEY\n);`)
  if (state.rows) {
    sql.push(
      sqlite
        ? 'CREATE TABLE "_prisma_migrations" (\n    "id"                    TEXT PRIMARY KEY NOT NULL,\n    "checksum"              TEXT NOT NULL,\n    "finished_at"           DATETIME,\n    "migration_name"        TEXT NOT NULL,\n    "logs"                  TEXT,\n    "rolled_back_at"        DATETIME,\n    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,\n    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0\n);'
        : 'CREATE TABLE "_prisma_migrations" (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);',
    )
    state.rows.forEach(([name, kind, checksum = 'file'], i) => {
      const time = sqlite ? String(1767225600000 + i * 1000) : `'2026-01-01T00:00:${String(i).padStart(2, '0')}Z'`
      const text = state.files[name]
      const sum = text === undefined ? checksums.other() : checksums[checksum](text)
      const finished = kind.startsWith('applied') ? time : 'NULL'
      const rolledBack = kind === 'rolledBack' || kind === 'appliedAndRolledBack' ? time : 'NULL'
      sql.push(
        `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count) VALUES ('${idOf(i)}', '${sum}', ${finished}, '${name}', ${finished === 'NULL' ? "'boom'" : 'NULL'}, ${rolledBack}, ${time}, ${finished === 'NULL' ? 0 : 1});`,
      )
    })
  }
  // What Ploy keeps for itself; on SQLite in a file of its own, which no engine opens.
  if ((state.ledger || state.note) && !sqlite) sql.push('CREATE SCHEMA "_ploy";')
  if (state.ledger && !sqlite) {
    sql.push('CREATE TABLE "_ploy"."ledger" (attempt text NOT NULL, statement integer NOT NULL, hash text NOT NULL, began_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz, PRIMARY KEY (attempt, statement));')
    for (const [name, statement, isFinished] of state.ledger) {
      const attempt = idOf(state.rows.findLastIndex((r) => r[0] === name))
      sql.push(`INSERT INTO "_ploy"."ledger" (attempt, statement, hash, ended_at) VALUES ('${attempt}', ${statement}, 'x', ${isFinished ? 'now()' : 'NULL'});`)
    }
  }
  if (state.note && !sqlite)
    sql.push(`CREATE TABLE "_ploy"."notes" (topic text NOT NULL, key text NOT NULL, text text NOT NULL, written_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (topic, key));\nINSERT INTO "_ploy"."notes" (topic, key, text) VALUES ('mark', 'database', 'protected');`)
  return sql.join('\n') + '\n'
}

const idOf = (i) => `00000000-0000-4000-8000-${String(i + 1).padStart(12, '0')}`

async function ask(command, database, migrations) {
  try {
    const { stdout } = await run('node', [join(oracle, 'oracle.mjs'), command, '--url', database, '--migrations', migrations], { encoding: 'utf8' })
    return JSON.parse(stdout)
  } catch (error) {
    const text = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim()
    return { error: /P\d{4}/.exec(text)?.[0] ?? text }
  }
}

const recorded = existsSync(target) ? JSON.parse(readFileSync(target, 'utf8')) : { engine: '', states: [] }
const kept = new Map(recorded.states.map((s) => [`${s.name}|${s.provider}`, s]))
const result = []
for (const [name, state] of Object.entries(states)) {
  for (const provider of ['postgresql', 'sqlite']) {
    if (state.ledger && provider === 'sqlite') continue
    const old = kept.get(`${name}|${provider}`)
    if (filter && !name.includes(filter) && old) {
      result.push(old)
      continue
    }
    const folder = mkdtempSync(join(work, 's-'))
    const migrations = join(folder, 'migrations')
    mkdirSync(migrations)
    writeFileSync(join(migrations, 'migration_lock.toml'), `provider = "${provider}"\n`)
    for (const [file, text] of Object.entries(state.files)) {
      mkdirSync(join(migrations, file))
      writeFileSync(join(migrations, file, 'migration.sql'), text)
    }
    const sql = setup(state, provider)
    const database = provider === 'sqlite' ? `file:${join(folder, 'test.db')}` : url
    if (provider === 'sqlite') execFileSync('sqlite3', [join(folder, 'test.db')], { input: sql + 'VACUUM;\n' })
    else execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', url], { input: `SET client_min_messages = warning;\nDROP SCHEMA IF EXISTS "_ploy" CASCADE;\nDROP SCHEMA IF EXISTS "public" CASCADE;\nCREATE SCHEMA "public";\n${sql}` })
    const diagnose = await ask('diagnose', database, migrations)
    const devDiagnostic = await ask('dev-diagnostic', database, migrations)
    result.push({ name, provider, files: state.files, sql, diagnose, devDiagnostic })
    console.error(`${name} (${provider}): ${devDiagnostic.action?.tag ?? devDiagnostic.error}`)
  }
}
const version = JSON.parse(execFileSync('node', [join(oracle, 'oracle.mjs'), 'version'], { encoding: 'utf8' }))
mkdirSync(dirname(target), { recursive: true })
writeFileSync(target, JSON.stringify({ engine: version['7'].schemaEngine.replace(/^npm:/, ''), states: result }, null, 1) + '\n')
rmSync(work, { recursive: true })
