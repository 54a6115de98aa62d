using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Language.Diagnostics;

internal static partial class SchemaDiagnostics
{
    public static Diagnostic UnknownRelationField(SourceLocation at, string argument, string kind, string model, string field, string? similar) => Error("PLOY1401", at,
        $"`{argument}` names the field `{field}`, which the {kind} `{model}` does not have.", DidYouMean(similar));

    public static Diagnostic RelationFieldNotColumn(SourceLocation at, string argument, string model, string field) => Error("PLOY1402", at,
        $"`{argument}` names the field `{field}` of `{model}`, which is not a column.", "Name the column that holds the key.");

    public static Diagnostic UnknownAction(SourceLocation at, string action, string? similar) => Error("PLOY1403", at,
        $"There is no referential action `{action}`.", DidYouMean(similar) ?? "Write `Cascade`, `Restrict`, `NoAction`, `SetNull` or `SetDefault`.");

    public static Diagnostic AmbiguousRelation(SourceLocation at, string model, IReadOnlyList<string> fields, string target, bool isNamed) => Error("PLOY1404", at,
        $"The fields {Quoted(fields)} of `{model}` all refer to `{target}`" + (isNamed ? " by the same relation name." : " and nothing tells their relations apart."),
        "Give each relation a name of its own: `@relation(\"...\")` on both of its fields.");

    public static Diagnostic AmbiguousSelfRelation(SourceLocation at, string model, IReadOnlyList<string> fields, bool isNamed) => Error("PLOY1405", at,
        $"The fields {Quoted(fields)} of `{model}` refer to their own model, and it is open which of them belong together.",
        isNamed ? "Let at most two fields have the same relation name." : "Give the two fields of one relation the same name: `@relation(\"...\")`.");

    public static Diagnostic MissingOppositeField(SourceLocation at, string kind, string model, string field, string target) => Error("PLOY1406", at,
        $"The relation field `{field}` of the {kind} `{model}` has no opposite field in `{target}`.", $"Add one to `{target}`; `ploy format` does it.");

    public static Diagnostic ReferencesNotUnique(SourceLocation at, string target, IReadOnlyList<string> fields) => Error("PLOY1407", at,
        $"{Quoted(fields)} of `{target}` {(fields.Count == 1 ? "does" : "do")} not identify one row, so no foreign key can refer to {(fields.Count == 1 ? "it" : "them")}.",
        fields.Count == 1 ? $"Mark `{fields[0]}` with `@unique` in `{target}`." : $"Add `@@unique([{string.Join(", ", fields)}])` to `{target}`.");

    public static Diagnostic DifferentNumberOfFields(SourceLocation at, string field, int fields, int references) => Error("PLOY1408", at,
        $"The relation `{field}` has {fields} in `fields` and {references} in `references`; each field needs its counterpart.", null);

    public static Diagnostic RequiredRelationOverOptional(SourceLocation at, string field, string optional, string target) => Error("PLOY1409", at,
        $"The relation `{field}` is required, but its column `{optional}` can be missing.", $"Write `{target}?`, or make `{optional}` required.");

    public static Diagnostic DifferentTypes(SourceLocation at, string model, string field, string type, string target, string reference, string referenceType) => Error("PLOY1410", at,
        $"`{field}` of `{model}` is of type `{type}`, but `{reference}` of `{target}`, to which it refers, of type `{referenceType}`.", "Give both the same type.");

    public static Diagnostic SetNullOnRequired(SourceLocation at, string argument, string field) => Error("PLOY1411", at,
        $"`{argument}: SetNull` of the relation `{field}` would make a column null that must have a value.", "Choose another action, or make the columns optional.");

    public static Diagnostic SetNullOnRequiredFails(SourceLocation at, string argument, string field) => Warning("PLOY1412", at,
        $"`{argument}: SetNull` of the relation `{field}` fails whenever it is needed, since its columns must have a value.", "Choose another action, or make the columns optional.");

    public static Diagnostic ArgumentsOnBothSides(SourceLocation at, IReadOnlyList<string> arguments, string model, string field, string otherModel, string otherField) => Error("PLOY1413", at,
        $"Both `{field}` of `{model}` and `{otherField}` of `{otherModel}` have {Quoted(arguments)}, but one relation has one foreign key.", "Keep them on one of the two.");

    public static Diagnostic ArgumentsOnNeitherSide(SourceLocation at, IReadOnlyList<string> arguments, string model, string field, string otherModel, string otherField) => Error("PLOY1414", at,
        $"Neither `{field}` of `{model}` nor `{otherField}` of `{otherModel}` has {Quoted(arguments)}, so it is open which side holds the foreign key.",
        "Write `@relation(fields: [...], references: [...])` on one of the two.");

    public static Diagnostic ActionsOnBackField(SourceLocation at, string model, string field, string otherModel, string otherField) => Error("PLOY1415", at,
        $"`{field}` of `{model}` has `onDelete` or `onUpdate`, but the foreign key belongs to `{otherField}` of `{otherModel}`.", $"Move it to `{otherField}`.");

    public static Diagnostic ActionsOnBothSides(SourceLocation at, string model, string field, string otherModel, string otherField) => Error("PLOY1416", at,
        $"Both `{field}` of `{model}` and `{otherField}` of `{otherModel}` have `onDelete` or `onUpdate`.", "Keep it where `fields:` stands.");

    public static Diagnostic OneToOneNotUnique(SourceLocation at, string model, string field, IReadOnlyList<string> columns) => Error("PLOY1417", at,
        $"The relation `{field}` of `{model}` is one to one, but nothing keeps two rows from the same target.",
        columns.Count == 1 ? $"Mark `{columns[0]}` with `@unique`, or make the opposite field a list." : $"Add `@@unique([{string.Join(", ", columns)}])`, or make the opposite field a list.");

    public static Diagnostic ArgumentsOnDifferentSides(SourceLocation at, string model, string field, string otherModel, string otherField) => Error("PLOY1418", at,
        $"`fields` stands on `{field}` of `{model}`, but `references` on `{otherField}` of `{otherModel}`.", "Write both on the same field.");

    public static Diagnostic RequiredBackField(SourceLocation at, string model, string field, string target) => Error("PLOY1419", at,
        $"`{field}` of `{model}` is required, but no database can see to it that each row of `{model}` has a `{target}`.", $"Write `{target}?`.");

    public static Diagnostic ForeignKeyOnOptionalSide(SourceLocation at, string model, string field, string otherModel, string otherField) => Error("PLOY1420", at,
        $"The foreign key stands on the optional `{field}` of `{model}`, so nothing makes sure that the required `{otherField}` of `{otherModel}` exists.",
        $"Move `fields` and `references` to `{otherField}`, or make `{otherField}` optional.");

    public static Diagnostic ForeignKeyOnList(SourceLocation at, string model, string field, string otherModel, string otherField) => Error("PLOY1421", at,
        $"`{field}` of `{model}` is a list and cannot hold the foreign key.", $"Move `fields` and `references` to `{otherField}` of `{otherModel}`.");

    public static Diagnostic MissingRelationArguments(SourceLocation at, string model, string field, IReadOnlyList<string> arguments) => Error("PLOY1422", at,
        $"The relation `{field}` of `{model}` does not say its {Quoted(arguments)}.", "Write `@relation(fields: [...], references: [...])`.");

    public static Diagnostic FieldsInManyToMany(SourceLocation at, string model, string field) => Error("PLOY1423", at,
        $"`{field}` of `{model}` is part of a many-to-many relation, whose keys stand in a table of its own.", "Remove `fields` and `references` from both sides, or write a model for the table between.");

    public static Diagnostic ManyToManyWithoutId(SourceLocation at, string model, string field, string target) => Error("PLOY1424", at,
        $"`{field}` of `{model}` is part of a many-to-many relation, but `{target}` has no primary key of one field.", "Give it an `@id`, or write a model for the table between.");

    public static Diagnostic ReferencesInManyToMany(SourceLocation at, string model, string field) => Error("PLOY1425", at,
        $"`{field}` of `{model}` is part of a many-to-many relation, which always refers to the primary keys.", "Remove `references`.");

    public static Diagnostic ActionsInManyToMany(SourceLocation at, string model, string field) => Error("PLOY1426", at,
        $"`{field}` of `{model}` is part of a many-to-many relation, whose rows always go with either side.", "Remove `onDelete` and `onUpdate`, or write a model for the table between.");

    public static Diagnostic ManyToManyOfView(SourceLocation at, string view, string field) => Error("PLOY1430", at,
        $"`{field}` of the view `{view}` is part of a many-to-many relation, which needs tables on both sides.", null);

    public static Diagnostic ReferentialCycle(SourceLocation at, string model, string field) => Error("PLOY1427", at,
        $"A change that begins at `{field}` of `{model}` comes back to `{model}` and would never end.", "Set `onDelete` and `onUpdate` of one relation of the circle to `NoAction` or `Restrict`.");

    public static Diagnostic IgnoredTarget(SourceLocation at, string model, string field, string target) => Error("PLOY1428", at,
        $"`{field}` of `{model}` refers to `{target}`, which clients leave out.", "Add `@ignore` to the field.");

    public static Diagnostic UnindexedRelation(SourceLocation at, string model, string field, IReadOnlyList<string> columns) => Warning("PLOY1429", at,
        $"No index of `{model}` begins with the columns of the relation `{field}`, so following it reads the whole table.", $"Add `@@index([{string.Join(", ", columns)}])`.");
}
