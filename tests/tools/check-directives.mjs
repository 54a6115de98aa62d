// What docs/directives.md says of Prisma's own next diff, asked of the reference engine of both generations: each object stands in a database, its directive
// in the schema, and the engine compares the two.
//   PLOY_ORACLE=FOLDER_OF_ORACLE_MJS PG=postgresql://postgres@127.0.0.1:5432/postgres node tests/tools/check-directives.mjs
// PG is a scratch server: the database ploy_directives is made there and dropped again. Needs psql.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { PLOY_ORACLE: oracle, PG: server } = process.env
if (!oracle || !server) {
  console.error('PLOY_ORACLE and PG must name the folder of oracle.mjs and a scratch server.')
  process.exit(1)
}

// The engine's script for generations 7 and 6; one where they say the same.
const nothing = ''
const table = 'CREATE TABLE "T" (id INTEGER NOT NULL, a INTEGER, b TEXT, CONSTRAINT "T_pkey" PRIMARY KEY (id));'
const dropped = name => `DROP INDEX "${name}";`
const noDefault = 'ALTER TABLE "T" ALTER COLUMN "c" DROP DEFAULT;'
const cases = [
  { what: 'a check', sql: 'ALTER TABLE "T" ADD CONSTRAINT positive CHECK (a >= 0)', model: '/// @ploy.check("positive", "a >= 0")', says: nothing },
  { what: 'an exclusion constraint', sql: 'CREATE EXTENSION btree_gist; ALTER TABLE "T" ADD CONSTRAINT apart EXCLUDE USING gist (a WITH =)', model: '/// @ploy.exclude("apart", using: gist, "a WITH =")', says: nothing },
  { what: 'row-level security and a policy', sql: 'ALTER TABLE "T" ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON "T" USING (a > 0)', model: '/// @ploy.rls\n/// @ploy.policy("own", using: "a > 0")', says: nothing },
  { what: 'a comment', sql: 'COMMENT ON TABLE "T" IS \'Things\'', model: '/// Things\n/// @ploy.comment', says: nothing },
  {
    what: 'a deferrable foreign key',
    sql: 'ALTER TABLE "T" ADD CONSTRAINT "T_a_fkey" FOREIGN KEY (a) REFERENCES "T"(id) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED',
    fields: '/// @ploy.deferrable(initially: deferred)\nparent T? @relation("tree", fields: [a], references: [id])\nchildren T[] @relation("tree")', says: nothing,
  },
  { what: 'an expression index', sql: 'CREATE INDEX low ON "T" (lower(b))', model: '/// @ploy.index("low", expr: "lower(b)")', says: nothing },
  { what: 'a partial index', sql: 'CREATE INDEX live ON "T" (b) WHERE a IS NULL', model: '/// @ploy.index("live", fields: [b], where: "a IS NULL")', says: nothing },
  { what: 'a partial index, with the preview feature', preview: true, sql: 'CREATE INDEX live ON "T" (b) WHERE a IS NULL', model: '/// @ploy.index("live", fields: [b], where: "a IS NULL")', says: { 7: dropped('live') } },
  { what: 'a partial unique index in the place of a @unique', sql: 'CREATE UNIQUE INDEX "T_b_key" ON "T" (b) WHERE a IS NULL', b: '@unique', says: { 7: nothing, 6: 'CREATE UNIQUE INDEX "T_b_key" ON "T"("b");' } },
  { what: 'an index that includes a column', sql: 'CREATE INDEX covering ON "T" (b) INCLUDE (a)', model: '/// @ploy.index("covering", fields: [b], include: [a])', says: dropped('covering') },
  { what: 'a unique index in which nulls are the same', since: 15, sql: 'CREATE UNIQUE INDEX one_null ON "T" (b) NULLS NOT DISTINCT', model: '/// @ploy.index("one_null", fields: [b], unique: true, nullsNotDistinct: true)', says: dropped('one_null') },
  { what: 'an index with an operator class', sql: 'CREATE INDEX prefixes ON "T" (b text_pattern_ops)', model: '/// @ploy.index("prefixes", fields: [b], ops: text_pattern_ops)', says: dropped('prefixes') },
  { what: 'an index with an order of nulls', sql: 'CREATE INDEX last ON "T" (b DESC NULLS LAST)', model: '/// @ploy.index("last", keys: "b DESC NULLS LAST")', says: dropped('last') },
  { what: 'a generated column', sql: 'ALTER TABLE "T" ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED', fields: '/// @ploy.generated("a + 1")\nc Int?', says: noDefault },
  { what: 'a generated column with @default(dbgenerated())', sql: 'ALTER TABLE "T" ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED', fields: '/// @ploy.generated("a + 1")\nc Int? @default(dbgenerated())', says: nothing },
  { what: 'a default', sql: 'ALTER TABLE "T" ADD COLUMN c INTEGER DEFAULT (1 + 1)', fields: '/// @ploy.default("1 + 1")\nc Int?', says: noDefault },
  { what: 'a default with @default(dbgenerated())', sql: 'ALTER TABLE "T" ADD COLUMN c INTEGER DEFAULT (1 + 1)', fields: '/// @ploy.default("1 + 1")\nc Int? @default(dbgenerated())', says: nothing },
  {
    what: 'views, routines, triggers, sequences and domains',
    sql: `CREATE VIEW v AS SELECT a FROM "T"; CREATE MATERIALIZED VIEW m AS SELECT a FROM "T"; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CREATE TRIGGER t BEFORE INSERT ON "T" FOR EACH ROW EXECUTE FUNCTION f(); CREATE SEQUENCE s; CREATE DOMAIN d AS text`,
    says: nothing,
  },
  { provider: 'sqlite', what: 'a check', table: 'CREATE TABLE "T" (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b TEXT, CONSTRAINT positive CHECK (a >= 0))', sql: '', model: '/// @ploy.check("positive", "a >= 0")', says: nothing },
  { provider: 'sqlite', what: 'an expression index', sql: 'CREATE INDEX low ON "T" (lower(b))', model: '/// @ploy.index("low", expr: "lower(b)")', says: nothing },
  { provider: 'sqlite', what: 'a trigger and a view', sql: 'CREATE TRIGGER t AFTER INSERT ON "T" BEGIN SELECT 1; END; CREATE VIEW v AS SELECT a FROM "T"', says: nothing },
  { provider: 'sqlite', what: 'a partial index', sql: 'CREATE INDEX live ON "T" (b) WHERE a IS NULL', model: '/// @ploy.index("live", fields: [b], where: "a IS NULL")', says: { 7: /column not found: live/, 6: nothing } },
]

const work = mkdtempSync(join(tmpdir(), 'ploy-directives-'))
const psql = (url, text) => execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', url, '-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const url = Object.assign(new URL(server), { pathname: '/ploy_directives' }).href
const version = Number(execFileSync('psql', ['-qXAt', server, '-c', 'SHOW server_version_num'], { encoding: 'utf8' })) / 10000

function schemaOf({ provider = 'postgresql', preview, model = '', fields = '', b = '' }) {
  const generator = preview ? 'generator client {\n  provider        = "prisma-client-js"\n  previewFeatures = ["partialIndexes"]\n}\n\n' : ''
  return `${generator}datasource db {\n  provider = "${provider}"\n  url      = env("DATABASE_URL")\n}\n\n${model}\nmodel T {\n  id Int @id\n  a Int?\n  b String? ${b}\n${fields}\n}\n`
}

function makeDatabase(test, file) {
  if (test.provider === 'sqlite') {
    writeFileSync(`${file}.sql`, `${test.table ?? 'CREATE TABLE "T" (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b TEXT)'}; ${test.sql}`)
    execFileSync('node', [join(oracle, 'oracle.mjs'), 'execute', '--url', `file:${file}`, `${file}.sql`], { stdio: ['ignore', 'pipe', 'pipe'] })
    return `file:${file}`
  }
  psql(server, 'DROP DATABASE IF EXISTS ploy_directives WITH (FORCE)')
  psql(server, 'CREATE DATABASE ploy_directives')
  psql(url, `${table} ${test.sql}`)
  return url
}

let wrong = 0
try {
  for (const [i, test] of cases.entries()) {
    if (test.since > version) continue
    const schema = join(work, `${i}.prisma`)
    writeFileSync(schema, schemaOf(test))
    const address = makeDatabase(test, join(work, `${i}.db`))
    for (const generation of ['7', '6']) {
      if (test.preview && generation === '6') continue // which does not know it
      const answer = spawnSync('node', [join(oracle, 'oracle.mjs'), 'diff', '--from', 'database', '--to', schema, '--script', '--url', address, '--generation', generation], { encoding: 'utf8' })
      const script = answer.stdout.split('\n').filter(line => line && !line.startsWith('--')).join('\n')
      const expected = typeof test.says === 'object' && !(test.says instanceof RegExp) ? test.says[generation] : test.says
      const isRight = expected instanceof RegExp ? expected.test(answer.stderr) : answer.status === 0 && script === expected
      if (!isRight) wrong++
      console.log(`${isRight ? 'right' : 'WRONG'}  ${test.provider ?? 'postgresql'}, generation ${generation}: ${test.what}${isRight ? '' : `\n${script}${answer.stderr.slice(0, 400)}`}`)
    }
  }
} finally {
  psql(server, 'DROP DATABASE IF EXISTS ploy_directives WITH (FORCE)')
  rmSync(work, { recursive: true })
}
console.log(wrong === 0 ? 'docs/directives.md says what the engine does.' : `${wrong} of what docs/directives.md says is not what the engine does.`)
process.exitCode = wrong === 0 ? 0 : 1
