using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

internal static partial class SchemaDiagnostics
{
    public static Diagnostic UnknownAttribute(SourceLocation at, string name, string? similar) => Error("PLOY1301", at,
        $"There is no attribute `{name}` that could stand here.", DidYouMean(similar));

    public static Diagnostic RepeatedAttribute(SourceLocation at, string name) => Error("PLOY1302", at,
        $"`{name}` can stand here only once.", "Remove all but one.");

    public static Diagnostic UnknownArgument(SourceLocation at, string attribute, string? name, string? similar) => Error("PLOY1303", at,
        name is null ? $"`{attribute}` takes no argument without a name here." : $"`{attribute}` has no argument `{name}`.", DidYouMean(similar));

    public static Diagnostic RepeatedArgument(SourceLocation at, string attribute, string name) => Error("PLOY1304", at,
        $"`{attribute}` has an argument `{name}` already.", "Remove one of the two.");

    public static Diagnostic MissingArgument(SourceLocation at, string attribute, string name) => Error("PLOY1305", at,
        $"`{attribute}` lacks its argument `{name}`.", null);

    public static Diagnostic ArgumentGivenBothWays(SourceLocation at, string attribute, string name) => Error("PLOY1306", at,
        $"The argument `{name}` of `{attribute}` is given twice: once without its name, once with it.", "Remove one of the two.");

    public static Diagnostic SeveralUnnamedArguments(SourceLocation at, string attribute, string asList) => Error("PLOY1307", at,
        $"`{attribute}` takes one argument without a name, not several.", $"If it is a list, write `{asList}`.");

    public static Diagnostic MissingArgumentValue(SourceLocation at, string attribute, string name) => Error("PLOY1308", at,
        $"The argument `{name}` of `{attribute}` has no value.", "Write the value behind the colon.");

    public static Diagnostic TrailingComma(SourceLocation at, string attribute) => Error("PLOY1309", at,
        $"A comma ends the arguments of `{attribute}`.", "Remove the comma.");

    public static Diagnostic WrongValue(SourceLocation at, string expected, string found) => Error("PLOY1310", at,
        $"Here stands `{found}`, where {expected} should.", null);

    public static Diagnostic EmptyText(SourceLocation at, string attribute, string argument) => Error("PLOY1311", at,
        $"The argument `{argument}` of `{attribute}` is empty.", null);

    public static Diagnostic UnknownPart(SourceLocation at, string attribute, string kind, string model, string field, string? similar) => Error("PLOY1312", at,
        $"`{attribute}` names the field `{field}`, which the {kind} `{model}` does not have.", DidYouMean(similar));

    public static Diagnostic PartNotColumn(SourceLocation at, string attribute, string field, string? columns) => Error("PLOY1313", at,
        $"`{attribute}` names the field `{field}`, which is not a column.", columns is null ? null : $"Did you mean `{columns}`?");

    public static Diagnostic RepeatedPart(SourceLocation at, string attribute, string field) => Error("PLOY1314", at,
        $"`{attribute}` names the field `{field}` more than once.", "Name each field once.");

    public static Diagnostic SeveralIds(SourceLocation at, string kind, string model) => Error("PLOY1315", at,
        $"The {kind} `{model}` has more than one primary key.", "Keep one `@id`, or name all fields of the key in one `@@id([...])`.");

    public static Diagnostic ArgumentOfSecondId(SourceLocation at) => Error("PLOY1315", at,
        "The `@id` of this argument is one too many.", "Keep one `@id`, or name all fields of the key in one `@@id([...])`.");

    public static Diagnostic OptionalId(SourceLocation at, string field) => Error("PLOY1316", at,
        $"The primary key `{field}` can be missing or a list; it must hold exactly one value.", "Remove the `?` or `[]` from its type.");

    public static Diagnostic OptionalIdFields(SourceLocation at, string model, IReadOnlyList<string> fields) => Error("PLOY1317", at,
        $"The primary key of `{model}` contains {Quoted(fields)}, which can be missing or a list; each field must hold exactly one value.",
        "Remove the `?` or `[]` from the type.");

    public static Diagnostic UnknownOperatorClass(SourceLocation at, string name, string? similar) => Error("PLOY1318", at,
        $"There is no operator class `{name}`.", DidYouMean(similar) ?? "Write one that the language does not know as `raw(\"...\")`.");

    public static Diagnostic UnknownIndexMethod(SourceLocation at, string name, string? similar) => Error("PLOY1319", at,
        $"There is no index type `{name}`.", DidYouMean(similar) ?? "Write `BTree`, `Hash`, `Gist`, `Gin`, `SpGist` or `Brin`.");

    public static Diagnostic NameBesideMap(SourceLocation at) => Error("PLOY1320", at,
        "An `@@index` has one name, and both `name` and `map` give it.", "Keep `map`.");

    public static Diagnostic NeedsPreviewFeature(SourceLocation at, string what, string feature) => Error("PLOY1321", at,
        $"{what} needs the preview feature `{feature}`, which no generator switches on.", $"Add \"{feature}\" to the `previewFeatures` of a generator.");

    public static Diagnostic EmptyPredicate(SourceLocation at) => Error("PLOY1322", at,
        "The condition of this index is an empty object.", "Name at least one field and its value, or remove `where:`.");

    public static Diagnostic UnsupportedInPredicate(SourceLocation at, string field) => Error("PLOY1323", at,
        $"The field `{field}` has a type that the language does not know, so an object cannot compare it.", "Write the condition as `raw(\"...\")`.");

    public static Diagnostic WrongCondition(SourceLocation at, string found) => Error("PLOY1324", at,
        $"`{found}` is no value that a condition can compare with.", "Write a text, a number, `true`, `false`, `null`, or `{ not: ... }` around one of these.");

    public static Diagnostic ConditionOfOtherType(SourceLocation at, string field, string type, string found) => Error("PLOY1325", at,
        $"The field `{field}` is of type `{type}`, which `{found}` is not.", null);

    public static Diagnostic IgnoredUnsupported(SourceLocation at, string field) => Error("PLOY1326", at,
        $"The field `{field}` is left out of clients anyway, since its type is `Unsupported`.", "Remove `@ignore`.");

    public static Diagnostic IgnoredTwice(SourceLocation at, string kind, string model, string field) => Error("PLOY1327", at,
        $"The field `{field}` is left out of clients already, because the whole {kind} `{model}` is.", "Remove `@ignore` from the field.");

    public static Diagnostic UpdatedAtNotDateTime(SourceLocation at, string field, string type) => Error("PLOY1328", at,
        $"`@updatedAt` writes times, but the field `{field}` is of type `{type}`.", "Make it a `DateTime`, or remove `@updatedAt`.");

    public static Diagnostic UpdatedAtList(SourceLocation at, string field) => Error("PLOY1329", at,
        $"`@updatedAt` writes one time, but the field `{field}` is a list.", "Remove `[]` from the type.");

    public static Diagnostic NotOnRelationField(SourceLocation at, string attribute, string field, string? columns) => Error("PLOY1330", at,
        $"`{attribute}` belongs on a column, but the field `{field}` stands for a relation.", columns is null ? null : $"Did you mean it for `{columns}`?");

    public static Diagnostic RelationOnColumn(SourceLocation at, string kind, string model, string field, string type) => Error("PLOY1331", at,
        $"`@relation` needs a field whose type is a model, but `{field}` of the {kind} `{model}` is of type `{type}`.", null);

    public static Diagnostic DefaultOfUnsupported(SourceLocation at, string field) => Error("PLOY1332", at,
        $"The type of the field `{field}` is unknown to the language, so its default must be the database's.", "Write `@default(dbgenerated(\"...\"))`.");

    public static Diagnostic DefaultOfComposite(SourceLocation at, string field, string type) => Error("PLOY1333", at,
        $"The field `{field}` is of the composite type `{type}`, which can have no default.", "Remove `@default`.");

    public static Diagnostic ListDefaultOfSingle(SourceLocation at, string field) => Error("PLOY1334", at,
        $"The default is a list, but the field `{field}` holds one value.", null);

    public static Diagnostic SingleDefaultOfList(SourceLocation at, string field) => Error("PLOY1335", at,
        $"The default is one value, but the field `{field}` is a list.", "Put brackets around it.");

    public static Diagnostic NotAnEnumValue(SourceLocation at, string found, string type, string? similar) => Error("PLOY1336", at,
        $"`{found}` is no value of the enum `{type}`.", DidYouMean(similar));

    public static Diagnostic DefaultOfOtherType(SourceLocation at, string found, string field, string type) => Error("PLOY1337", at,
        $"The default `{found}` is no value of type `{type}`, which the field `{field}` has.", null);

    public static Diagnostic UnknownFunction(SourceLocation at, string name, string? similar) => Error("PLOY1338", at,
        $"There is no function `{name}()` for defaults.", similar is null ? "Write `dbgenerated(\"...\")` for a function of the database." : $"Did you mean `{similar}()`?");

    public static Diagnostic FunctionOfOtherType(SourceLocation at, string name, string field, string type) => Error("PLOY1339", at,
        $"`{name}()` makes no value of type `{type}`, which the field `{field}` has.", null);

    public static Diagnostic FunctionArguments(SourceLocation at, string name, string? expected) => Error("PLOY1340", at,
        $"`{name}()` takes no argument{(expected is null ? "" : $", or {expected}")}.", null);

    public static Diagnostic NamedAutoIncrement(SourceLocation at, string field) => Error("PLOY1341", at,
        $"`autoincrement()` of the field `{field}` cannot have a name in the database.", "Remove `map:`.");

    public static Diagnostic InvalidLiteral(SourceLocation at, string value, string expected) => Error("PLOY1342", at,
        $"`{value}` is not {expected}.", null);

    public static Diagnostic NoUniqueCriterion(SourceLocation at, string kind, string model, IReadOnlyList<string> loose) => Error("PLOY1343", at,
        $"Nothing identifies one row of the {kind} `{model}`" + (loose.Count == 0 ? "." : $": {Quoted(loose)} can be missing, or the type is `Unsupported`."),
        "Mark a required field with `@id` or `@unique`, or name several in `@@id([...])` or `@@unique([...])`.");

    public static Diagnostic EmptyKey(SourceLocation at, string attribute) => Error("PLOY1344", at,
        $"The list of fields of this `{attribute}` is empty.", "Name at least one field.");

    public static Diagnostic SortedHash(SourceLocation at) => Error("PLOY1345", at,
        "A hash index has no order, so `sort:` means nothing in it.", "Remove `sort:`, or the type `Hash`.");

    public static Diagnostic OperatorClassOutsideIndex(SourceLocation at, string attribute) => Error("PLOY1346", at,
        $"`ops:` can stand in `@@index`, not in `{attribute}`.", "Remove `ops:`.");

    /// <summary>Names in backticks, the last two joined by "and".</summary>
    private static string Quoted(IReadOnlyList<string> names) => names.Count == 1
        ? $"`{names[0]}`"
        : string.Join(", ", names.SkipLast(1).Select(n => $"`{n}`")) + $" and `{names[^1]}`";
}
