// States of a history, made by hand: what is on disk, and what the database's table holds. Each is made on PostgreSQL and on SQLite.
//   files: name → text of migration.sql; null for a folder that has been deleted. `on` says what of it is in the database.
//   rows: [name, state, checksum]; state: applied, failed, rolledBack, appliedAndRolledBack; checksum: file, crlf, lf, legacy, other.
const table = (name) => `CREATE TABLE "${name}" (\n    "id" INTEGER NOT NULL PRIMARY KEY\n);\n`
export const A = '20260101000000_a', B = '20260102000000_b', C = '20260103000000_c', D = '20260104000000_d'
const a = { [A]: table('A') }, ab = { ...a, [B]: table('B') }, abc = { ...ab, [C]: table('C') }
const crlf = (text) => text.replaceAll('\n', '\r\n')
// A text whose SHA-256 has a byte below 16, which the engine once wrote with one digit.
const legacy = table('A') + '-- 1\n'

export const states = {
  'nothing at all': { files: {}, tables: [], rows: null },
  'an empty history': { files: {}, tables: [], rows: [] },
  'files and an empty database': { files: ab, tables: [], rows: null },
  'files and an empty history': { files: ab, tables: [], rows: [] },
  'tables without a history, no files': { files: {}, tables: ['A'], rows: null },
  'tables without a history, files': { files: ab, tables: ['A', 'B'], rows: null },
  'all applied': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']] },
  'one pending': { files: ab, tables: ['A'], rows: [[A, 'applied']] },
  'two pending': { files: abc, tables: ['A'], rows: [[A, 'applied']] },
  'failed, nothing of it there': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'failed']] },
  'failed, all of it there': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'failed']] },
  'failed, and one pending': { files: abc, tables: ['A'], rows: [[A, 'applied'], [B, 'failed']] },
  'failed and rolled back': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'rolledBack']] },
  'rolled back twice': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'rolledBack'], [B, 'rolledBack']] },
  'rolled back twice, then applied': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'rolledBack'], [B, 'rolledBack'], [B, 'applied']] },
  'rolled back, then failed': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'rolledBack'], [B, 'failed']] },
  'applied, rolled back on paper': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'appliedAndRolledBack']] },
  'rolled back and not on disk': { files: a, tables: ['A'], rows: [[A, 'applied'], [B, 'rolledBack']] },
  'failed and not on disk': { files: a, tables: ['A'], rows: [[A, 'applied'], [B, 'failed']] },
  'edited': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied', 'other'], [B, 'applied']] },
  'edited, and one pending': { files: abc, tables: ['A', 'B'], rows: [[A, 'applied', 'other'], [B, 'applied']] },
  'two edited': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied', 'other'], [B, 'applied', 'other']] },
  'applied with LF, on disk with CRLF': { files: { ...ab, [A]: crlf(table('A')) }, tables: ['A', 'B'], rows: [[A, 'applied', 'lf'], [B, 'applied']] },
  'applied with CRLF, on disk with LF': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied', 'crlf'], [B, 'applied']] },
  'legacy checksum': { files: { ...ab, [A]: legacy }, tables: ['A', 'B'], rows: [[A, 'applied', 'legacy'], [B, 'applied']] },
  'byte order mark added': { files: { ...ab, [A]: '\ufeff' + table('A') }, tables: ['A', 'B'], rows: [[A, 'applied', 'other'], [B, 'applied']] },
  'blank at the end added': { files: { ...ab, [A]: table('A') + '\n' }, tables: ['A', 'B'], rows: [[A, 'applied', 'other'], [B, 'applied']] },
  'missing at the end': { files: a, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']] },
  'missing at the end, nothing of it there': { files: a, tables: ['A'], rows: [[A, 'applied'], [B, 'applied']] },
  'missing at the start': { files: { [B]: table('B') }, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']] },
  'all missing': { files: {}, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']] },
  'missing in the middle': { files: { ...a, [C]: table('C') }, tables: ['A', 'B', 'C'], rows: [[A, 'applied'], [B, 'applied'], [C, 'applied']] },
  'diverged': { files: { ...a, [C]: table('C') }, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']] },
  'diverged from the start': { files: { [B]: table('B') }, tables: ['A'], rows: [[A, 'applied']] },
  'out of order': { files: abc, tables: ['A', 'C'], rows: [[A, 'applied'], [C, 'applied']] },
  'applied out of order': { files: abc, tables: ['A', 'C', 'B'], rows: [[A, 'applied'], [C, 'applied'], [B, 'applied']] },
  'drifted: a table more': { files: ab, tables: ['A', 'B', 'X'], rows: [[A, 'applied'], [B, 'applied']] },
  'drifted: a table less': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'applied']] },
  'drifted and edited': { files: ab, tables: ['A', 'B', 'X'], rows: [[A, 'applied', 'other'], [B, 'applied']] },
  'drifted, and one pending': { files: abc, tables: ['A', 'B', 'X'], rows: [[A, 'applied'], [B, 'applied']] },
  'everything at once': {
    files: { ...abc, [D]: table('D') }, tables: ['A', 'X'],
    rows: [[A, 'applied', 'other'], ['20260101060000_gone', 'applied'], [B, 'rolledBack'], [B, 'rolledBack'], [C, 'failed']],
  },
  'a ledger, half-applied': { files: ab, tables: ['A'], rows: [[A, 'applied'], [B, 'failed']], ledger: [[B, -1, true], [B, 0, false]] },
  'a ledger, applied': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']], ledger: [[B, -1, true], [B, 0, true]] },
  'marked as disposable': { files: ab, tables: ['A', 'B'], rows: [[A, 'applied'], [B, 'applied']], note: true },
}
