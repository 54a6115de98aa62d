using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

internal static partial class SchemaDiagnostics
{
    public static Diagnostic ReservedScalarName(SourceLocation at, string name) => Error("PLOY1101", at,
        $"`{name}` is the name of a built-in type and cannot name anything else.", "Choose another name.");

    public static Diagnostic ReservedName(SourceLocation at, string kind, string name) => Error("PLOY1102", at,
        $"The {kind} name `{name}` is reserved: a generated client cannot have a type of that name.",
        $"Choose another name, and keep the name in the database with `@@map(\"{name}\")`.");

    public static Diagnostic NameBeginsWithDigit(SourceLocation at, string kind, string name) => Error("PLOY1103", at,
        $"The {kind} name `{name}` begins with a digit, which names cannot.", NameHelp(kind));

    public static Diagnostic NameHasHyphen(SourceLocation at, string kind, string name) => Error("PLOY1104", at,
        $"The {kind} name `{name}` has a `-` in it, which names cannot.", NameHelp(kind));

    public static Diagnostic DuplicateDeclaration(SourceLocation at, string kind, string name, string firstKind, SourceLocation first) =>
        Error("PLOY1105", at, $"There is {Article(firstKind)} {firstKind} called `{name}` already, so no {kind} can have that name.", "Rename or remove one of the two.", first);

    public static Diagnostic DuplicateField(SourceLocation at, string kind, string model, string field, SourceLocation first) =>
        Error("PLOY1106", at, $"The {kind} `{model}` has a field `{field}` already.", "Rename or remove one of the two.", first);

    public static Diagnostic DuplicateEnumValue(SourceLocation at, string type, string value, SourceLocation first) =>
        Error("PLOY1107", at, $"The enum `{type}` has a value `{value}` already.", "Remove one of the two.", first);

    public static Diagnostic DuplicateProperty(SourceLocation at, string kind, string block, string property, SourceLocation first) =>
        Error("PLOY1108", at, $"The {kind} `{block}` sets `{property}` already.", "Remove one of the two lines.", first);

    public static Diagnostic DuplicateColumn(SourceLocation at, string kind, string model, string field, string column, string other) => Error("PLOY1109", at,
        $"The field `{field}` of the {kind} `{model}` maps to the column `{column}`, which is that of the field `{other}`.",
        "Give one of the two another name in `@map`.");

    public static Diagnostic DuplicateTable(SourceLocation at, string table, string model, string other) => Error("PLOY1110", at,
        $"`{model}` and `{other}` are both the table `{table}` in the database.", "Give one of the two another name in `@@map`.");

    public static Diagnostic DuplicateDatabaseEnum(SourceLocation at, string type, string other, string name) => Error("PLOY1111", at,
        $"The enums `{type}` and `{other}` are both called `{name}` in the database.", "Give one of the two another name in `@@map`.");

    public static Diagnostic DuplicateConstraintName(SourceLocation at, string name, string scope) => Error("PLOY1112", at,
        $"The constraint or index name `{name}` stands more than once {scope}.", "Give it another name with `map:`.");

    public static Diagnostic DuplicateClientName(SourceLocation at, string kind, string model, string name) => Error("PLOY1113", at,
        $"The {kind} `{model}` has more than one key called `{name}`.", "Give one of them another `name:`.");

    public static Diagnostic ClientNameIsField(SourceLocation at, string attribute, string kind, string model, string name) => Error("PLOY1114", at,
        $"`{name}`, the name of an `{attribute}` of the {kind} `{model}`, is the name of one of its fields.", "Choose another `name:`.");

    public static Diagnostic ClientNameCharacters(SourceLocation at, string attribute, string name) => Error("PLOY1115", at,
        $"`{name}` cannot be the name of an `{attribute}`: only letters without accents, digits and `_` can stand in it.",
        "Choose another `name:`; `map:` sets the name in the database.");

    public static Diagnostic KeyNameIsField(SourceLocation at, string attribute, string field) => Error("PLOY1116", at,
        $"In a generated client this `{attribute}` would be called `{field}`, which is the name of a field.", $"Rename the field, and keep its column with `@map(\"{field}\")`.");

    private static string NameHelp(string kind) => kind == "attribute"
        ? "Check the spelling."
        : "Begin with a letter and use letters, digits and `_`; `@map` or `@@map` sets any name in the database.";

    private static string Article(string word) => word[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";

    private static Diagnostic Error(string code, SourceLocation at, string message, string? help, SourceLocation first) =>
        Error(code, at, message, help) with { Related = [new RelatedLocation(first, "the first")] };

    private static Diagnostic Warning(string code, SourceLocation at, string message, string? help) =>
        new() { Code = code, Severity = Severity.Warning, Message = message, Location = at, Help = help };
}
