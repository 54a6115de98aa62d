using Ploy.Core;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;
using DatabaseAction = Ploy.Relational.Model.ReferentialAction;
using LanguageAction = Ploy.Language.Semantics.ReferentialAction;

namespace Ploy.Design.Calculation;

/// <summary>One model's table.</summary>
internal sealed class TableCalculator(SchemaModel schema, Model model, ColumnCalculator columns, ObjectNames names)
{
    public Table Table(IEnumerable<Relation.ForeignKey> relations) => new()
    {
        Name = new QualifiedName(model.Namespace, model.DatabaseName),
        Columns = model.ScalarFields.Select(f => columns.Column(model, f)).ToEquatableArray(),
        PrimaryKey = model.PrimaryKey is { } key
            ? new PrimaryKey(key.DatabaseName ?? names.Fit(model.DatabaseName, "_pkey"), Parts(key.Parts))
            : null,
        Indexes = model.Indexes.Where(i => i.Kind != IndexKind.FullText).Select(Index).ToEquatableArray(),
        ForeignKeys = relations.Select(ForeignKey).ToEquatableArray(),
    };

    private TableIndex Index(IndexModel index)
    {
        var parts = Parts(index.Parts);
        var isUnique = index.Kind == IndexKind.Unique;
        return new TableIndex
        {
            Name = index.DatabaseName ?? names.Of([model.DatabaseName, .. parts.ToImmutableArray().Select(p => p.Column)], isUnique ? "_key" : "_idx"),
            Parts = parts,
            IsUnique = isUnique,
            Method = index.Method is { } method and not "BTree" ? method.ToLowerInvariant() : null,
            Predicate = index.Predicate is { } sql ? new SqlExpression(sql) : null,
        };
    }

    private EquatableArray<IndexPart> Parts(IEnumerable<KeyPart> parts) => parts.Select(p => new IndexPart
    {
        Column = ColumnOf(model, p.Field),
        IsDescending = p.Sort == SortOrder.Descending,
        IsAscendingWritten = p.Sort == SortOrder.Ascending,
        OperatorClass = p.RawOperatorClass ?? (p.OperatorClass is { } name ? OperatorClasses.DatabaseName(name) : null),
    }).ToEquatableArray();

    private ForeignKey ForeignKey(Relation.ForeignKey relation)
    {
        var field = relation.Field;
        var target = schema.FindModel(relation.Target)!;
        var keyColumns = field.Fields.Select(f => ColumnOf(model, f)).ToEquatableArray();
        var isRequired = field.Arity == FieldArity.Required
            || field.Fields.Any(f => model.FindField(f) is { Arity: FieldArity.Required });
        return new ForeignKey
        {
            Name = field.DatabaseName ?? names.Of([model.DatabaseName, .. (IEnumerable<string>)keyColumns], "_fkey"),
            Columns = keyColumns,
            Target = new QualifiedName(target.Namespace, target.DatabaseName),
            TargetColumns = field.References.Select(f => ColumnOf(target, f)).ToEquatableArray(),
            OnDelete = field.OnDelete is { } onDelete ? Action(onDelete) : isRequired ? DatabaseAction.Restrict : DatabaseAction.SetNull,
            OnUpdate = field.OnUpdate is { } onUpdate ? Action(onUpdate) : DatabaseAction.Cascade,
        };
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
