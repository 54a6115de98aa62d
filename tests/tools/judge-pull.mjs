// Reads what `fuzz.mjs pull` found different and takes away what docs/decisions/differences.md lists, each kind by an exact change of the engine's text: what is left is new.
//   node tests/tools/judge-pull.mjs FOLDER...       folders with 001, 002, ... as the fuzzer writes them
// Ends with status 1 where a case has lines left.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const remark = /^\/\/\/ This (field|model|enum|enum value) was commented out because of an invalid name\./
const remarkOfKey = /^\/\/\/ The underlying (table|view) does not contain a valid unique identifier/
const kinds = new Map()
const count = (kind) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1)

// A line without a comment of two slashes and without runs of spaces, both outside of strings.
function plain(line) {
  let [out, isText] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (!isText && c === '/' && line[i + 1] === '/' && line[i + 2] !== '/') break
    if (isText && c === '\\') out += c + line[++i]
    else if (!isText && /\s/.test(c)) out += out.endsWith(' ') ? '' : ' '
    else {
      if (c === '"') isText = !isText
      out += c
    }
  }
  return out.trim()
}

// Blocks by their headers; what is commented out counts as if it were not, so that only what else differs is left.
function blocks(text, base) {
  const found = new Map()
  let name = ''
  for (const raw of text.split('\n')) {
    let line = raw.trim()
    if (remark.test(line) || remarkOfKey.test(line) || (line.startsWith('//') && !line.startsWith('///') && base.has(line))) continue
    const hidden = /^\/\/(?!\/) ?(@@.*|[^\s/]+ +[^\s].*|\S+ @map\(.*|\S+)$/.exec(line)
    if (hidden && /^(@@|\S+ [A-Z]|\S+ +[^\s(]+\(|\S+( @map\(.*)?$)/.test(hidden[1])) line = `// ${hidden[1]}`
    const isHidden = /^\/\/(?!\/)/.test(line)
    let said = plain(isHidden ? line.replace(/^\/\/ ?/, '') : line)
    if (!said) continue
    // Braces in a name that is none are set apart by the engine's own formatter.
    if (isHidden || said.includes('{ }')) said = said.replaceAll('{ }', '{}')
    const header = /^(model|enum|view|generator|datasource|type) (\S+) \{$/.exec(said)
    if (header) name = said + (found.has(said) ? ' again' : '')
    if (!found.has(name)) found.set(name, [])
    found.get(name).push({ said, isHidden })
  }
  return found
}

// What only one side has of two lists, by number.
function only(left, right) {
  const counts = new Map()
  for (const x of right) counts.set(x.said, (counts.get(x.said) ?? 0) + 1)
  return left.filter((x) => {
    const n = counts.get(x.said) ?? 0
    if (n > 0) counts.set(x.said, n - 1)
    return n === 0
  })
}

// Whether each label is, or belongs to, the value that stands in its place.
const same = (labels, values, c) => labels.length === values.length && labels.every((label, i) => label === values[i] || c.values.has(`${values[i]}=${label}`))

// Each takes a line of the engine, one of ours and the case, and says whether the first becomes the second by what the kind is about.
const pairs = [
  ['"char"', (e, o) => e.replace(/ String(\[\]|\??) (.*?) ?@db\.Char(?!\()/, (_, arity, rest) => ` Unsupported("\\"char\\"")${arity} ${rest}`).trim().replace(/ +/g, ' ') === o
    || e.replace(/ String(\[\]|\??) @db\.Char(?!\()/, ' Unsupported("\\"char\\"")$1') === o],
  ['operator class', (e, o) => o.replaceAll(/\(ops: raw\("\w+_pattern_ops"\)\)/g, '') === e],
  ['INCLUDE', (e, o, c) => {
    const [left, right] = [e, o].map((x) => /^(@@(?:index|unique))\(\[(.*?)\](.*)\)$/.exec(x))
    return left && right && left[1] === right[1] && left[3] === right[3] && left[2].startsWith(right[2]) && /INCLUDE/i.test(c.sql)
  }],
  ['labels in a default of a list', (e, o, c) => {
    const parts = /^(.*@default\(\[)(.*?)(\]\).*)$/.exec(e)
    return parts && parts[1] + same(parts[2].split(', '), o.slice(parts[1].length, o.length - parts[3].length).split(', '), c) && o.startsWith(parts[1]) && o.endsWith(parts[3])
  }],
  ['refers to one of two models of a name', (e, o, c) => [...c.renamed].some(([from, to]) => e.replace(new RegExp(`^(\\S+) ${from}(?![\\w])`), `$1 ${to}`) === o)],
  ['refers to a model without its key', (e, o) => `${e} @ignore` === o],
  ['names that become the same', (e, o) => {
    const [left, right] = [e, o].map((x) => /^(\S+)( .*)?$/.exec(x))
    return left && right && left[2] === right[2] && right[1].startsWith(`${left[1]}_`) && /_\d+$/.test(right[1])
  }],
  ['one to many', (e, o) => e.replace(/^(\S+ [^\s?[]+)\?( |$)/, '$1[]$2') === o],
  ['list of an enum whose name fills 63 bytes', (e, o, c) => {
    const parts = /^(\S+) Unsupported\("_(.*?)"\)\[\]( @default\(dbgenerated\("ARRAY.*"\)\))?(.*)$/.exec(e)
    const type = parts && /^(\S+) ([^\s[]+)\[\]( @default\(\[.*?\]\))?(.*)$/.exec(o)
    return type && parts[1] === type[1] && parts[4] === type[4] && Buffer.byteLength(parts[2]) > 60 && c.ours.includes(`@@map("${parts[2]}`)
  }],
  ['SQLite: enum of the files', (e, o, c) => {
    const parts = /^(.*@default\()"(.*?)"(\).*)$/.exec(e)
    return parts && o.startsWith(parts[1]) && o.endsWith(parts[3]) && same([parts[2]], [o.slice(parts[1].length, o.length - parts[3].length)], c)
  }],
  ['SQLite: what an enum\'s values are called', (e, o, c) => o.startsWith(`${e} @map(`) && c.base.includes(o.slice(e.length + 1))],
  ['SQLite: default that is an expression', (e, o) => {
    const parts = /^(.*@default\()"(.*)"(\).*)$/.exec(e)
    return parts && [parts[2], `'${parts[2]}'`].some((x) => `${parts[1]}dbgenerated("${x}")${parts[3]}` === o)
  }],
  ['SQLite: Json default', (e, o) => / Json/.test(e) && e.replace(/@default\("'(.*)'"\)/, '@default("$1")').replaceAll("''", "'") === o],
]

function judge(folder) {
  const read = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')
  const [engine, ours] = [read('expected.prisma'), read('actual.prisma')]
  const values = new Map()
  for (const [, value, label] of ours.matchAll(/^\s*(?:\/\/ )?(\S+) +@map\("((?:[^"\\]|\\.)*)"\)/gm)) values.set(`${value}=${label}`, true)
  const c = { sql: read('database.sql'), values, ours, renamed: new Map(), base: read('schema.prisma') }
  const base = new Set(read('schema.prisma').split('\n').map((l) => l.trim()))
  const [theirs, mine] = [blocks(engine, base), blocks(ours, base)]
  // Two models of one name: the engine writes it twice, ours numbers the later one. They are the same where the database calls them so.
  const renamed = c.renamed
  for (const [header, lines] of [...theirs]) {
    if (!header.endsWith(' again')) continue
    const map = lines.find((l) => l.said.startsWith('@@map'))?.said
    const own = [...mine].find(([h, ls]) => map && h.startsWith('model') && ls.some((l) => l.said === map))
    if (!own) continue
    count('names that become the same')
    renamed.set(header.split(' ')[1], own[0].split(' ')[1])
    theirs.delete(header)
    theirs.set(own[0], lines.map((l) => (l.said.endsWith(' {') ? { ...l, said: own[0] } : l)))
  }
  const left = []
  for (const name of new Set([...theirs.keys(), ...mine.keys()])) {
    let minus = only(theirs.get(name) ?? [], mine.get(name) ?? [])
    let plus = only(mine.get(name) ?? [], theirs.get(name) ?? [])
    for (const [kind, explains] of pairs) {
      minus = minus.filter((e) => {
        const at = plus.findIndex((o) => explains(e.said, o.said, c))
        if (at < 0) return true
        count(kind)
        plus.splice(at, 1)
        return false
      })
    }
    // Nothing in SQLite says what an enum is called; only the files do.
    if (name.startsWith('enum ')) {
      plus = plus.filter((x) => {
        const isKept = x.said.startsWith('@@map(') && c.base.includes(x.said)
        if (isKept) count('SQLite: what an enum is called')
        return !isKept
      })
    }

    // A model without its only key is ignored, and so is what refers to it.
    const ignored = plus.findIndex((x) => x.said === '@@ignore')
    if (ignored >= 0 && mine.get(name).some((x) => x.isHidden && / @id|^@@id|@unique/.test(x.said))) {
      plus.splice(ignored, 1)
      count('ignored without its key')
    }
    for (const x of minus) left.push(`  ${name || 'file'}  - ${x.said}`)
    for (const x of plus) left.push(`  ${name || 'file'}  + ${x.said}`)
  }
  return left
}

let [total, open] = [0, 0]
for (const root of process.argv.slice(2)) {
  for (const name of readdirSync(root).filter((n) => /^\d+$/.test(n)).sort()) {
    total++
    const left = judge(join(root, name))
    if (left.length === 0) continue
    open++
    console.log(`${join(root, name)}\n${left.join('\n')}`)
  }
}
for (const [kind, n] of [...kinds].sort((a, b) => b[1] - a[1])) console.log(`${String(n).padStart(5)}  ${kind}`)
console.log(`${total} cases, ${open} with something left`)
process.exitCode = open === 0 ? 0 : 1
