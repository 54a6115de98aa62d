// The main job on samples/nxloy, and what the reference engine says of the database and the folder that it leaves: perfect order, and nothing to reset.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS PLOY=PROGRAM PG=postgresql://postgres@127.0.0.1:5432/postgres node tests/tools/check-nxloy.mjs
// PG is a scratch server: databases ploy_nxloy_* are made there and dropped again. Needs psql.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const { PLOY_ORACLE: oracle, PLOY: ploy, PG: server } = process.env
if (!oracle || !ploy || !server) {
  console.error('PLOY_ORACLE, PLOY and PG must name the folder of oracle.mjs, the program and a scratch server.')
  process.exit(1)
}
const work = mkdtempSync(join(tmpdir(), 'ploy-nxloy-'))
const sample = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'samples', 'nxloy', 'prisma', 'schema')
const [schema, migrations] = [join(work, 'prisma', 'schema'), join(work, 'prisma', 'migrations')]
cpSync(sample, schema, { recursive: true })
const names = ['main', 'second', 'shadow'].map((n) => `ploy_nxloy_${n}`)
const sql = (text) => execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', server, '-c', text])
const urlOf = (name) => Object.assign(new URL(server), { pathname: `/${name}` }).href
let failed = 0
const check = (what, isRight, text) => {
  if (!isRight) failed++
  console.log(`${isRight ? 'right' : 'WRONG'}  ${what}${isRight ? '' : `\n${text}`}`)
}
const run = (...args) => {
  const { status, stdout, stderr } = spawnSync(resolve(ploy), args, { cwd: work, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
  check(`ploy ${args.join(' ').replaceAll(server, 'SERVER')}`, status === 0, stdout + stderr)
}
const ask = (...args) => spawnSync('node', [join(oracle, 'oracle.mjs'), ...args], { encoding: 'utf8' })
try {
  for (const name of names) {
    sql(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    sql(`CREATE DATABASE "${name}"`)
  }
  const [main, second, shadow] = names.map(urlOf)
  run('migrate', 'dev', '--name', 'init', '--skip-generate', '--url', main)
  const customers = join(schema, 'customer.prisma')
  writeFileSync(customers, readFileSync(customers, 'utf8').replace('  firstName     String\n', '$&  phone         String?   @db.VarChar(20)\n'))
  run('migrate', 'dev', '--name', 'add_customer_phone', '--skip-generate', '--url', main)
  run('migrate', 'deploy', '--url', second)
  run('migrate', 'status', '--url', second)
  run('migrate', 'diff', '--from-migrations', migrations, '--to-schema', schema, '--exit-code', '--shadow-database-url', shadow)
  for (const url of [main, second]) {
    const diagnosed = ask('diagnose', '--url', url, '--migrations', migrations)
    const found = JSON.parse(diagnosed.stdout)
    const isOrder = !found.history && !found.drift && !found.failedMigrationNames?.length && !found.editedMigrationNames?.length && !found.errorInUnappliedMigration && found.hasMigrationsTable
    check(`the engine's diagnose: ${JSON.stringify(found)}`, isOrder, diagnosed.stderr)
    const dev = ask('dev-diagnostic', '--url', url, '--migrations', migrations)
    check(`the engine's dev-diagnostic: ${dev.stdout.trim().replaceAll(/\s+/g, ' ')}`, JSON.parse(dev.stdout).action?.tag === 'createMigration', dev.stderr)
    for (const from of ['database', `migrations:${migrations}`]) {
      const diff = ask('diff', '--from', from, '--to', schema, '--exit-code', '--url', url)
      check(`the engine's diff from ${from.split(':')[0]} to the schema: ${diff.stdout.trim()}`, diff.status === 0, diff.stdout + diff.stderr)
    }
  }
} finally {
  for (const name of names) sql(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
  rmSync(work, { recursive: true, force: true })
}
console.log(failed === 0 ? 'The engine sees a project in perfect order.' : `${failed} of these are wrong.`)
process.exitCode = failed === 0 ? 0 : 1
