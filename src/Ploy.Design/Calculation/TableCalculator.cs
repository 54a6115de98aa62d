using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;
using DatabaseAction = Ploy.Relational.Model.ReferentialAction;
using LanguageAction = Ploy.Language.Semantics.ReferentialAction;

namespace Ploy.Design.Calculation;

/// <summary>The tables of models.</summary>
internal sealed class TableCalculator(SchemaModel schema, ColumnCalculator columns, ObjectNames names)
{
    /// <summary>One model's table.</summary>
    /// <param name="model">The model.</param>
    /// <param name="relations">The relations whose keys it holds.</param>
    public Table Table(Model model, IEnumerable<Relation.ForeignKey> relations) => new()
    {
        Name = new QualifiedName(model.Namespace, model.DatabaseName),
        Columns = EquatableArray.Map(model.ScalarFields.AsSpan(), (columns, model), static (field, its) => its.columns.Column(its.model, field)),
        PrimaryKey = model.PrimaryKey is { } key
            ? new PrimaryKey(key.DatabaseName ?? names.Fit(model.DatabaseName, "_pkey"), Parts(model, key.Parts))
            : null,
        Indexes = Indexes(model),
        ForeignKeys = EquatableArray.Map<Relation.ForeignKey, (TableCalculator Self, Model Model), ForeignKey>(
            relations.ToArray(), (this, model), static (relation, its) => its.Self.ForeignKey(its.Model, relation)),
    };

    private EquatableArray<TableIndex> Indexes(Model model)
    {
        ReadOnlySpan<IndexModel> indexes = model.Indexes.AsSpan();
        // No provider of ours has full-text indexes.
        if (model.Indexes.Any(static i => i.Kind == IndexKind.FullText)) indexes = model.Indexes.Where(static i => i.Kind != IndexKind.FullText).ToArray();
        return EquatableArray.Map<IndexModel, (TableCalculator Self, Model Model), TableIndex>(indexes, (this, model), static (index, its) => its.Self.Index(its.Model, index));
    }

    private TableIndex Index(Model model, IndexModel index)
    {
        var parts = Parts(model, index.Parts);
        var isUnique = index.Kind == IndexKind.Unique;
        return new TableIndex
        {
            Name = index.DatabaseName ?? names.Of(model.DatabaseName, parts, isUnique ? "_key" : "_idx"),
            Parts = parts,
            IsUnique = isUnique,
            Method = index.Method is { } method and not "BTree" ? method.ToLowerInvariant() : null,
            Predicate = index.Predicate is { } sql ? new SqlExpression(sql) : null,
        };
    }

    private static EquatableArray<IndexPart> Parts(Model model, ImmutableArray<KeyPart> parts) => EquatableArray.Map(parts.AsSpan(), model, static (part, model) => new IndexPart
    {
        Column = ColumnOf(model, part.Field),
        IsDescending = part.Sort == SortOrder.Descending,
        IsAscendingWritten = part.Sort == SortOrder.Ascending,
        OperatorClass = part.RawOperatorClass ?? (part.OperatorClass is { } name ? OperatorClasses.DatabaseName(name) : null),
    });

    private ForeignKey ForeignKey(Model model, Relation.ForeignKey relation)
    {
        var field = relation.Field;
        var target = schema.FindModel(relation.Target)!;
        var keyColumns = EquatableArray.Map(field.Fields.AsSpan(), model, static (name, model) => ColumnOf(model, name));
        var isRequired = field.Arity == FieldArity.Required || AnyIsRequired(model, field.Fields);
        return new ForeignKey
        {
            Name = field.DatabaseName ?? names.Of(model.DatabaseName, keyColumns, "_fkey"),
            Columns = keyColumns,
            Target = new QualifiedName(target.Namespace, target.DatabaseName),
            TargetColumns = EquatableArray.Map(field.References.AsSpan(), target, static (name, target) => ColumnOf(target, name)),
            OnDelete = field.OnDelete is { } onDelete ? Action(onDelete) : isRequired ? DatabaseAction.Restrict : DatabaseAction.SetNull,
            OnUpdate = field.OnUpdate is { } onUpdate ? Action(onUpdate) : DatabaseAction.Cascade,
        };
    }

    private static bool AnyIsRequired(Model model, ImmutableArray<string> fields)
    {
        foreach (var name in fields)
            if (model.FindField(name) is { Arity: FieldArity.Required })
                return true;
        return false;
    }

    private static string ColumnOf(Model owner, string field) => owner.FindField(field) is ScalarField scalar ? scalar.ColumnName : field;

    private static DatabaseAction Action(LanguageAction action) => action switch
    {
        LanguageAction.Cascade => DatabaseAction.Cascade,
        LanguageAction.Restrict => DatabaseAction.Restrict,
        LanguageAction.NoAction => DatabaseAction.NoAction,
        LanguageAction.SetNull => DatabaseAction.SetNull,
        LanguageAction.SetDefault => DatabaseAction.SetDefault,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>The join tables of implicit many-to-many relations.</summary>
internal sealed class JoinTableCalculator(SchemaModel schema, ColumnCalculator columns, ObjectNames names, bool usesForeignKeys)
{
    public Table Table(Relation.ManyToMany relation)
    {
        var (a, b) = (schema.FindModel(relation.ModelA)!, schema.FindModel(relation.ModelB)!);
        var name = names.Fit("_" + relation.Name, "");
        EquatableArray<IndexPart> both = [new IndexPart { Column = "A" }, new IndexPart { Column = "B" }];
        var backward = new TableIndex { Name = names.Fit(name, "_B_index"), Parts = [new IndexPart { Column = "B" }] };
        var unique = new TableIndex { Name = names.Fit(name, "_AB_unique"), Parts = both, IsUnique = true };
        return new Table
        {
            Name = new QualifiedName(a.Namespace, name),
            Columns = [Column("A", a), Column("B", b)],
            PrimaryKey = columns.HasEnums ? new PrimaryKey(names.Fit(name, "_AB_pkey"), both) : null,
            Indexes = columns.HasEnums ? [backward] : [unique, backward],
            ForeignKeys = usesForeignKeys ? [Key(name, "A", a), Key(name, "B", b)] : [],
        };
    }

    private Column Column(string name, Model target) => new()
    {
        Name = name,
        Type = columns.Type(KeyOf(target), ColumnArity.Required),
    };

    private ForeignKey Key(string table, string column, Model target) => new()
    {
        Name = names.Fit(table, $"_{column}_fkey"),
        Columns = [column],
        Target = new QualifiedName(target.Namespace, target.DatabaseName),
        TargetColumns = [KeyOf(target).ColumnName],
        OnDelete = DatabaseAction.Cascade,
        OnUpdate = DatabaseAction.Cascade,
    };

    private static ScalarField KeyOf(Model model) => (ScalarField)model.FindField(model.PrimaryKey!.Parts[0].Field)!;
}

/// <summary>Operator classes under the names that the database knows.</summary>
internal static class OperatorClasses
{
    private static readonly Dictionary<string, string> ByDatabaseName = OperatorClassNames.All.ToDictionary(DatabaseName, StringComparer.Ordinal);

    /// <summary><c>jsonb_path_ops</c> → <c>JsonbPathOps</c>; null where the language has no name for it.</summary>
    public static string? LanguageName(string databaseName) => ByDatabaseName.GetValueOrDefault(databaseName);

    /// <summary><c>JsonbPathOps</c> → <c>jsonb_path_ops</c>; what the database writes as one word stays one.</summary>
    public static string DatabaseName(string name)
    {
        var words = name.Replace("MinMax", "Minmax", StringComparison.Ordinal)
            .Replace("TimestampTz", "Timestamptz", StringComparison.Ordinal)
            .Replace("TimeTz", "Timetz", StringComparison.Ordinal)
            .Replace("VarBit", "Varbit", StringComparison.Ordinal);
        var text = new System.Text.StringBuilder();
        foreach (var c in words)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
