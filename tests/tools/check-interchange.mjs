// The reference engine and Ploy take turns on one history, on PostgreSQL and SQLite, and neither finds anything wrong with what the other left.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS PLOY=PROGRAM PG=postgresql://postgres@127.0.0.1:5432/SCRATCH node tests/tools/check-interchange.mjs
// The database SCRATCH is emptied. Needs psql.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { PLOY_ORACLE: oracle, PLOY: ploy, PG: url } = process.env
if (!oracle || !ploy || !url) {
  console.error('PLOY_ORACLE, PLOY and PG must name the folder of oracle.mjs, the program and a scratch database.')
  process.exit(1)
}
const work = mkdtempSync(join(tmpdir(), 'ploy-interchange-'))
let failed = 0
for (const provider of ['postgresql', 'sqlite']) {
  const folder = join(work, provider)
  const migrations = join(folder, 'migrations')
  mkdirSync(migrations, { recursive: true })
  writeFileSync(join(migrations, 'migration_lock.toml'), `provider = "${provider}"\n`)
  const database = provider === 'sqlite' ? `file:${join(folder, 'test.db')}` : url
  if (provider === 'postgresql') execFileSync('psql', ['-qX', url, '-c', 'SET client_min_messages = warning; DROP SCHEMA IF EXISTS "_ploy" CASCADE; DROP SCHEMA IF EXISTS "public" CASCADE; CREATE SCHEMA "public"'])
  const models = []
  let count = 0
  let last = ''
  const write = (name, sql) => {
    const path = join(migrations, `202601${String(++count).padStart(2, '0')}000000_${name}`)
    mkdirSync(path)
    last = join(path, 'migration.sql')
    writeFileSync(last, sql)
  }
  const add = (name) => {
    models.push(name)
    const key = provider === 'sqlite' ? '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT' : `"id" INTEGER NOT NULL, CONSTRAINT "${name}_pkey" PRIMARY KEY ("id")`
    write(name.toLowerCase(), `CREATE TABLE "${name}" (${key});\n`)
    writeFileSync(join(folder, 'schema.prisma'), `datasource db {\n  provider = "${provider}"\n}\n${models.map((m) => `\nmodel ${m} {\n  id Int @id${m === 'D' && provider === 'postgresql' ? '\n\n  @@index([id])' : ''}\n}\n`).join('')}`)
  }
  const ask = (command) => execFileSync('node', [join(oracle, 'oracle.mjs'), command, '--url', database, '--migrations', migrations], { encoding: 'utf8' })
  const run = (...args) => spawnSync(ploy, [...args, '--url', database], { cwd: folder, encoding: 'utf8' })
  const check = (what, isRight, text) => {
    if (!isRight) failed++
    console.log(`${isRight ? 'right' : 'WRONG'}  ${provider}: ${what}${isRight ? '' : `\n${text}`}`)
  }
  const agree = (when) => {
    const status = run('migrate', 'status', '--drift')
    check(`${when}: Ploy's status finds nothing to do`, status.status === 0, status.stdout + status.stderr)
    const diagnose = JSON.parse(ask('diagnose'))
    check(`${when}: the engine's diagnose finds nothing`, !diagnose.history && !diagnose.editedMigrationNames.length && !diagnose.failedMigrationNames.length, JSON.stringify(diagnose))
    const dev = JSON.parse(ask('dev-diagnostic'))
    check(`${when}: the engine's dev goes on`, dev.action.tag === 'createMigration', JSON.stringify(dev))
    const ours = run('migrate', 'dev', '--name', 'x')
    check(`${when}: Ploy's dev finds nothing new`, ours.status === 0 && ours.stdout.includes('nothing to do'), ours.stdout + ours.stderr)
  }
  add('A')
  add('B')
  ask('deploy')
  agree('the engine applied two')
  add('C')
  add('D')
  // A statement that no transaction takes: Ploy keeps a ledger. The engine can run it only where it is alone in its file.
  if (provider === 'postgresql') write('index', 'CREATE INDEX CONCURRENTLY "D_id_idx" ON "D"("id");\n')
  const deployed = run('migrate', 'deploy')
  check('Ploy applies the next two', deployed.status === 0, deployed.stdout + deployed.stderr)
  agree('Ploy applied two more, with a ledger')
  add('E')
  ask('deploy')
  agree('the engine applied a fifth')

  // A failure of each, mended by the other.
  const spoil = () => {
    const sound = readFileSync(last, 'utf8')
    writeFileSync(last, sound + 'INSERT INTO "Nowhere" VALUES (1);\n')
    return () => writeFileSync(last, sound)
  }
  add('F')
  let mend = spoil()
  const refused = run('migrate', 'deploy')
  check('Ploy fails and takes all of it back', refused.status === 1 && refused.stderr.includes('nothing of it is applied'), refused.stdout + refused.stderr)
  check('the engine sees no failed migration', JSON.parse(ask('diagnose')).failedMigrationNames.length === 0, ask('diagnose'))
  mend()
  ask('deploy')
  agree('the engine applied what had failed with Ploy')
  add('G')
  mend = spoil()
  let threw = false
  try {
    execFileSync('node', [join(oracle, 'oracle.mjs'), 'deploy', '--url', database, '--migrations', migrations], { stdio: 'ignore' })
  } catch {
    threw = true
  }
  check('the engine fails', threw, '')
  mend()
  const stopped = run('migrate', 'deploy')
  check('Ploy stops at what the engine left failed', stopped.status === 1 && stopped.stderr.includes('error[P3009]') && stopped.stderr.includes('ploy migrate doctor'), stopped.stdout + stopped.stderr)
  const doctor = run('migrate', 'doctor', '--fix')
  check('the doctor knows what became of it', doctor.status === 0, doctor.stdout + doctor.stderr)
  const mended = run('migrate', 'deploy')
  check('Ploy goes on', mended.status === 0, mended.stdout + mended.stderr)
  agree('Ploy mended what had failed with the engine')
}
rmSync(work, { recursive: true })
console.log(failed === 0 ? 'The two agree.' : `${failed} disagreements.`)
process.exit(failed === 0 ? 0 : 1)
