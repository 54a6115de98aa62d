// Reads what `fuzz.mjs pull` found different and takes away what docs/decisions/differences.md lists, each kind by an exact change of the engine's text: what is left is new.
//   node tests/tools/judge-pull.mjs FOLDER...       folders with 001, 002, ... as the fuzzer writes them
// Ends with status 1 where a case has lines left.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const remark = /^\/\/\/ This (field|model|enum|enum value) was commented out because of an invalid name\./
const remarkOfKey = /^\/\/\/ The underlying (table|view) does not contain a valid unique identifier/
const kinds = new Map()
const count = (kind) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1)

// A line without a comment of two slashes and without runs of spaces, both outside of strings; and that comment.
function plain(line) {
  if (line.startsWith('///')) return [line, '']
  let [out, isText] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (!isText && c === '/' && line[i + 1] === '/' && line[i + 2] !== '/') return [out.trim(), line.slice(i).trim()]
    if (isText && c === '\\') out += c + line[++i]
    else if (!isText && /\s/.test(c)) out += out.endsWith(' ') ? '' : ' '
    else {
      if (c === '"') isText = !isText
      out += c
    }
  }
  return [out.trim(), '']
}

// Blocks by their headers: what each line says, whether it is commented out, and the remark before it that says why. Comments that the files have are no part of it.
function blocks(text, base) {
  const found = new Map()
  let [name, remarked, keyless] = ['', false, false]
  for (const raw of text.split('\n')) {
    let line = raw.trim()
    if (remark.test(line)) remarked = true
    else if (remarkOfKey.test(line)) keyless = true
    if (remark.test(line) || remarkOfKey.test(line) || (/^\/\/(?!\/)/.test(line) && base.has(line))) continue
    const isHidden = /^\/\/(?!\/)/.test(line)
    let [said, comment] = plain(isHidden ? line.replace(/^\/\/ ?/, '') : line)
    if (comment && ![...base].some((l) => l.endsWith(comment))) said += ` ${comment}`
    if (!said) continue
    // Braces in a name that is none are set apart by the engine's own formatter.
    if (isHidden || said.includes('{ }')) said = said.replaceAll('{ }', '{}')
    const header = /^(model|enum|view|generator|datasource|type) (\S+) \{$/.exec(said)
    if (header) name = said + (found.has(said) ? ' again' : '')
    if (!found.has(name)) found.set(name, [])
    // A doc comment stands between a remark and its line.
    const isDoc = said.startsWith('///')
    found.get(name).push({ said, isHidden, remarked: !isDoc && remarked, keyless: !isDoc && keyless, at: found.get(name).length })
    if (!isDoc) remarked = keyless = false
  }
  return found
}

// Pairs lines that say the same, and returns what only one side has.
function pairUp(left, right, matched) {
  const open = [...right]
  const rest = left.filter((e) => {
    // The one that is hidden alike first: a field of another name may say the same.
    let at = open.findIndex((o) => o.said === e.said && o.isHidden === e.isHidden)
    if (at < 0) at = open.findIndex((o) => o.said === e.said)
    if (at < 0) return true
    matched.push([e, open[at]])
    open.splice(at, 1)
    return false
  })
  return [rest, open]
}

const nameOf = (said) => /^\S+/.exec(said)[0]

// Why one side has a line commented out and the other has not; null for no reason that is known.
function whyHidden(e, o, engineLines, ourLines, ours, c) {
  if (e.isHidden && !o.isHidden) {
    // The files may say it, and do.
    return c.base.split('\n').some((l) => l.trim().startsWith(`${nameOf(e.said)} `) || l.trim() === e.said) ? 'name that the files have' : null
  }
  const hidden = new Set(ourLines.filter((l) => l.isHidden && !l.said.startsWith('@@')).map((l) => nameOf(l.said)))
  const isOver = (list, names) => list && list.split(/,\s*(?![^(]*\))/).some((part) => names.has(part.replace(/\(.*$/, '').trim()))
  const over = /^@@(?:id|unique|index)\(\[(.*?)\]/.exec(o.said)?.[1] ?? /fields: \[(.*?)\]/.exec(o.said)?.[1]
  if (isOver(over, hidden)) return 'over what is commented out'
  // Of a name that the language takes nothing of, nothing is written.
  if (/(?:fields|references): \[(?:\]|,|[^\]]*, (?:,|\]))/.test(o.said)) return 'over what is commented out'
  const model = /^\S+ ([^\s?[]+)/.exec(o.said)?.[1]
  const other = ours.get(`model ${model} {`)
  if (!other || o.said.startsWith('@@')) return null
  // The other end of such a relation, or the end that refers to such a key.
  const names = new Set(other.filter((l) => l.isHidden && !l.said.startsWith('@@')).map((l) => nameOf(l.said)))
  const references = /references: \[(.*?)\]/.exec(o.said)?.[1]
  if (isOver(references, names)) return 'over what is commented out'
  const self = nameOf(ourLines.find((l) => l.said.endsWith(' {'))?.said.split(' ')[1] ?? '?')
  const relation = /@relation\("(.*?)"/.exec(o.said)?.[1]
  return other.some((l) => l.isHidden && new RegExp(`^\\S+ ${self}[?[ ]`).test(`${l.said} `) && /fields:/.test(l.said) && (!relation || l.said.includes(`"${relation}"`)) ) ? 'over what is commented out' : null
}

// The lines that stand elsewhere than the engine has them, of those that both show.
function outOfOrder(matched) {
  const shown = matched.filter(([e, o]) => !e.isHidden && !o.isHidden && !e.said.startsWith('///')).sort((a, b) => a[0].at - b[0].at)
  return shown.filter(([, o], i) => i > 0 && o.at < shown[i - 1][1].at).map(([e]) => e)
}

// Whether each label is, or belongs to, the value that stands in its place.
const same = (labels, values, c) => labels.length === values.length && labels.every((label, i) => label === values[i] || c.values.has(`${values[i]}=${label}`))

// Each takes a line of the engine, one of ours, the case, and whether only the engine comments it out, and says whether the first becomes the second by what the kind is about.
const pairs = [
  ['"char"', (e, o) => e.replace(/ String(\[\]|\??) (.*?) ?@db\.Char(?!\()/, (_, arity, rest) => ` Unsupported("\\"char\\"")${arity} ${rest}`).trim().replace(/ +/g, ' ') === o
    || e.replace(/ String(\[\]|\??) @db\.Char(?!\()/, ' Unsupported("\\"char\\"")$1') === o],
  ['operator class', (e, o) => o.replaceAll(/\(ops: raw\("\w+_pattern_ops"\)\)|, ops: raw\("\w+_pattern_ops"\)/g, '') === e],
  ['INCLUDE', (e, o, c) => {
    const [left, right] = [e, o].map((x) => /^(@@(?:index|unique))\(\[(.*?)\](.*)\)$/.exec(x))
    return left && right && left[1] === right[1] && left[3] === right[3] && left[2].startsWith(right[2]) && /INCLUDE/i.test(c.sql)
  }],
  ['labels in a default of a list', (e, o, c) => {
    const parts = /^(.*@default\(\[)(.*?)(\]\).*)$/.exec(e)
    return parts && parts[1] + same(parts[2].split(', '), o.slice(parts[1].length, o.length - parts[3].length).split(', '), c) && o.startsWith(parts[1]) && o.endsWith(parts[3])
  }],
  ['refers to one of two models of a name', (e, o, c) => [...c.renamed].some(([from, to]) => e.replace(new RegExp(`^(\\S+) ${from}(?![\\w])`), `$1 ${to}`) === o)],
  ['refers to a model without its key', (e, o, c) => `${e} @ignore` === o && c.ignored.has(/^\S+ ([^\s?[]+)/.exec(e)?.[1])],
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
  // The formatter orders the attributes of what it sees.
  ['order of attributes of what the engine comments out', (e, o, c, isShown) => isShown && e !== o && e.split(/ (?=@)/).sort().join(' ') === o.split(/ (?=@)/).sort().join(' ')],
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
  c.ignored = new Set([...mine].filter(([, lines]) => lines.some((l) => l.said === '@@ignore')).map(([header]) => header.split(' ')[1]))
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
  const headers = [...theirs.keys()].filter((h) => mine.has(h))
  const own = [...mine.keys()].filter((h) => theirs.has(h))
  headers.forEach((h, i) => own[i] !== h && left.push(`  ${h} stands elsewhere`))
  for (const name of new Set([...theirs.keys(), ...mine.keys()])) {
    const [engineLines, ourLines] = [theirs.get(name) ?? [], mine.get(name) ?? []]
    const matched = []
    let [minus, plus] = pairUp(engineLines, ourLines, matched)
    for (const [kind, explains] of pairs) {
      minus = minus.filter((e) => {
        const at = plus.findIndex((o) => explains(e.said, o.said, c, e.isHidden && !o.isHidden))
        if (at < 0) return true
        count(kind)
        matched.push([e, plus[at]])
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
    const isKeyless = ignored >= 0 && ourLines.some((x) => x.isHidden && / @id|^@@id|@unique/.test(x.said))
    if (isKeyless) {
      plus.splice(ignored, 1)
      count('ignored without its key')
    }
    for (const [e, o] of matched) {
      if (e.isHidden !== o.isHidden) {
        const why = whyHidden(e, o, engineLines, ourLines, mine, c)
        if (why) count(why)
        else left.push(`  ${name} ${e.isHidden ? 'only the engine' : 'only ours'} comments out: ${e.said}`)
      } else if (e.remarked !== o.remarked) left.push(`  ${name} only one says why: ${e.said}`)
      if (e.keyless !== o.keyless && !(isKeyless && o.keyless)) left.push(`  ${name} only one says that there is no key`)
    }
    for (const x of outOfOrder(matched)) left.push(`  ${name} stands elsewhere: ${x.said}`)
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
