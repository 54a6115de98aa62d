using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

internal static partial class SchemaDiagnostics
{
    public static Diagnostic NoCompositeTypes(SourceLocation at, string name) => Error("PLOY1501", at,
        $"`{name}` is a composite type, which only document databases have.", "Make it a model, or a `Json` field.");

    public static Diagnostic NoLists(SourceLocation at, string provider, string kind, string model, string field) => Error("PLOY1502", at,
        $"The field `{field}` of the {kind} `{model}` is a list, which {provider} cannot hold in a column.", "Write a model for its elements, or keep them in a `Json` field.");

    public static Diagnostic NoNativeTypes(SourceLocation at, string provider, string type) => Error("PLOY1503", at,
        $"{provider} has no native types such as `{type}`.", "Remove the attribute.");

    public static Diagnostic UnknownNativeType(SourceLocation at, string provider, string type, string? similar) => Error("PLOY1504", at,
        $"{provider} has no native type `{type}` that the language knows.", DidYouMean(similar) ?? "Write a type that it does not know as `Unsupported(\"...\")`.");

    public static Diagnostic NativeTypeScope(SourceLocation at, string scope, string datasource, string type) => Error("PLOY1505", at,
        $"The native type begins with `{scope}`, but the datasource is called `{datasource}`.", $"Write `@{datasource}.{type}`.");

    public static Diagnostic NativeTypeArguments(SourceLocation at, string type, int expected, int found) => Error("PLOY1506", at,
        $"The native type `{type}` takes {(expected == 0 ? "no arguments" : $"at most {Plural(expected, "argument")}")}, not {found}.", null);

    public static Diagnostic NativeTypeArgumentForm(SourceLocation at, string type, int expected) => Error("PLOY1507", at,
        $"The native type `{type}` takes {(expected == 1 ? "one whole number that is not negative" : $"no arguments, or {expected} whole numbers that are not negative")}.", null);

    public static Diagnostic NativeTypeLimit(SourceLocation at, string type, string problem) => Error("PLOY1508", at,
        $"The native type `{type}` does not allow these arguments: {problem}.", null);

    public static Diagnostic NativeTypeOfOtherType(SourceLocation at, string native, string expected, string field, string type) => Error("PLOY1509", at,
        $"The native type `{native}` is for fields of type `{expected}`, but `{field}` is of type `{type}`.", null);

    public static Diagnostic SupportedType(SourceLocation at, string field, string type, string scalar, string native) => Error("PLOY1510", at,
        $"The field `{field}` leaves the type `{type}` to the database, but the language knows it.", $"Write `{scalar} @db.{native}`, with the datasource's name before the dot.");

    public static Diagnostic NoNamedKeys(SourceLocation at, string provider, string what) => Error("PLOY1511", at,
        $"{provider} gives keys no names, so {what} cannot have one.", "Remove `map:`.");

    public static Diagnostic NoNamedDefaults(SourceLocation at, string provider, string field) => Error("PLOY1512", at,
        $"{provider} gives defaults no names, so that of `{field}` cannot have one.", "Remove `map:`.");

    public static Diagnostic NameTooLong(SourceLocation at, string name, string provider, int limit) => Error("PLOY1513", at,
        $"The name `{name}` is longer than the {limit} bytes that {provider} allows.", "Shorten it.");

    public static Diagnostic NoLengths(SourceLocation at, string provider, string attribute) => Error("PLOY1514", at,
        $"{provider} indexes whole values, so `length:` means nothing in `{attribute}`.", "Remove `length:`.");

    public static Diagnostic NoSortedKeys(SourceLocation at, string provider) => Error("PLOY1515", at,
        $"{provider} gives primary keys no order.", "Remove `sort:`.");

    public static Diagnostic NoClustering(SourceLocation at, string provider, string attribute) => Error("PLOY1516", at,
        $"{provider} cannot say of an `{attribute}` whether it is clustered.", "Remove `clustered:`.");

    public static Diagnostic NoFullText(SourceLocation at, string provider) => Error("PLOY1517", at,
        $"{provider} has no `@@fulltext` index.", provider == "PostgreSQL" ? "Write a `Gin` index over a `tsvector` column." : null);

    public static Diagnostic NoIndexMethod(SourceLocation at, string provider, string method) => Error("PLOY1518", at,
        $"{provider} has no index type `{method}`.", "Remove `type:`.");

    public static Diagnostic NoShardKeys(SourceLocation at, string attribute, string model) => Error("PLOY1519", at,
        $"`{attribute}` of `{model}` means nothing on PostgreSQL and SQLite.", "Remove it.");

    public static Diagnostic SeveralAutoIncrements(SourceLocation at, string provider, string model) => Error("PLOY1520", at,
        $"`{model}` has more than one `autoincrement()`, but {provider} counts only one column of a table.", null);

    public static Diagnostic AutoIncrementOutsideId(SourceLocation at, string provider, string field) => Error("PLOY1521", at,
        $"`{field}` has `autoincrement()` without being the primary key, which {provider} cannot do.", "Make it the `@id`, or remove the default.");

    public static Diagnostic UnindexableType(SourceLocation at, string attribute, string field, string type) => Error("PLOY1522", at,
        $"`{field}` is of the native type `{type}`, which cannot stand in `{attribute}`.", null);

    public static Diagnostic SeveralColumnsInSpGist(SourceLocation at, int columns) => Error("PLOY1523", at,
        $"An SP-GiST index holds one column, not {columns}.", null);

    public static Diagnostic OperatorClassOfOtherMethod(SourceLocation at, string name, string method, IReadOnlyList<string> methods) => Error("PLOY1524", at,
        $"The operator class `{name}` does not exist for `{method}` indexes.", $"Write `type: {string.Join("` or `type: ", methods)}`.");

    public static Diagnostic OperatorClassOfOtherType(SourceLocation at, string name, string field, string type) => Error("PLOY1525", at,
        $"The operator class `{name}` is not for `{field}`, whose type is `{type}`.", null);

    public static Diagnostic NoDefaultOperatorClass(SourceLocation at, string method, string field, string type) => Error("PLOY1526", at,
        $"A `{method}` index cannot hold `{field}`, whose type is `{type}`, without an operator class.", "Name one with `ops:`, or choose another `type:`.");

    public static Diagnostic KeyOfView(SourceLocation at, string view, string attribute) => Error("PLOY1527", at,
        $"The view `{view}` has an `{attribute}`, but views have neither primary keys nor indexes.", "Remove it; `@unique` or `@@unique` says which values identify a row.");

    public static Diagnostic OptionOfViewKey(SourceLocation at, string view, string attribute, string option) => Error("PLOY1532", at,
        $"`{option}:` means nothing in an `{attribute}` of the view `{view}`, behind which there is no index.", $"Remove `{option}:`.");

    public static Diagnostic ActionNotEmulated(SourceLocation at, string action, string field) => Error("PLOY1528", at,
        $"The action `{action}` of the relation `{field}` does not exist where `relationMode` is \"prisma\".", "Write `Cascade`, `Restrict` or `SetNull`.");

    public static Diagnostic NoNamespaces(SourceLocation at, string provider, string what) => Error("PLOY1529", at,
        $"{provider} has no namespaces, so {what} means nothing.", "Remove it.");

    public static Diagnostic UnknownNamespace(SourceLocation at, string name, string datasource, string? similar) => Error("PLOY1530", at,
        $"The datasource `{datasource}` does not list the namespace `{name}`.", DidYouMean(similar) ?? "Add it to `schemas`.");

    public static Diagnostic MissingNamespace(SourceLocation at, string kind, string name) => Error("PLOY1531", at,
        $"The datasource lists namespaces, but the {kind} `{name}` does not say in which it stands.", "Add `@@schema(\"...\")`.");

    public static Diagnostic NoExtensions(SourceLocation at, string provider) => Error("PLOY1533", at,
        $"{provider} has no extensions that a schema could list.", "Remove `extensions`.");

    private static string Plural(int count, string noun) => count == 1 ? $"one {noun}" : $"{count} {noun}s";
}
