using System.Text;
using Ploy.Core;
using Ploy.Language.Semantics;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;

namespace Ploy.Design.Calculation;

/// <summary>
/// Works out the database that a schema describes: names where none are given, types, keys, join tables, in the order in which
/// the engine creates them.
/// </summary>
public static class SchemaCalculator
{
    /// <summary>The database of a valid schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="dialect">The product it is for.</param>
    public static DatabaseSchema Calculate(SchemaModel schema, Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(dialect);
        var names = new ObjectNames(dialect);
        var columns = new ColumnCalculator(schema, dialect);
        var keys = schema.Relations.OfType<Relation.ForeignKey>().ToLookup(r => r.Model);
        var usesForeignKeys = schema.Datasource?.RelationMode != RelationMode.Prisma;
        var calculator = new TableCalculator(schema, columns, names);
        var tables = new List<Table>(schema.Models.Length);
        foreach (var model in schema.Models)
            if (!model.IsView)
                tables.Add(calculator.Table(model, usesForeignKeys ? keys[model.Name] : []));
        var joins = new JoinTableCalculator(schema, columns, names, usesForeignKeys);
        tables.AddRange(schema.Relations.OfType<Relation.ManyToMany>().Select(joins.Table));
        return new DatabaseSchema
        {
            Namespaces = Namespaces(schema, dialect),
            DefaultNamespace = dialect.DefaultNamespace,
            Extensions = (schema.Datasource?.Extensions ?? []).OrderBy(e => e.DatabaseName, StringComparer.Ordinal).Select(e => new Extension(e.DatabaseName, e.Schema, e.Version)).ToEquatableArray(),
            Enums = columns.HasEnums
                ? schema.Enums.Select(e => new EnumType(new QualifiedName(e.Namespace, e.DatabaseName), e.Values.Select(v => v.DatabaseName).ToEquatableArray())).ToEquatableArray()
                : [],
            Tables = tables.ToEquatableArray(),
            Views = schema.Models.Where(m => m.IsView).Select(m => new View(new QualifiedName(m.Namespace, m.DatabaseName), null)).ToEquatableArray(),
        };
    }

    private static EquatableArray<string> Namespaces(SchemaModel schema, Dialect dialect)
    {
        var declared = schema.Datasource?.Namespaces ?? [];
        return !declared.IsEmpty ? declared.Order(StringComparer.Ordinal).ToEquatableArray()
            : dialect.DefaultNamespace is { } name ? [name] : [];
    }
}

/// <summary>Names of keys and indexes as the engine makes them, cut to what the product keeps.</summary>
internal sealed class ObjectNames(Dialect dialect)
{
    private readonly StringBuilder _text = new();

    /// <summary>The table and the columns joined by underscores, and the suffix, which is never cut.</summary>
    public string Of(string table, EquatableArray<string> columns, string suffix)
    {
        _text.Clear().Append(table);
        foreach (var column in columns) _text.Append('_').Append(column);
        return Fit(_text.ToString(), suffix);
    }

    /// <summary>The same of an index.</summary>
    public string Of(string table, EquatableArray<IndexPart> parts, string suffix)
    {
        _text.Clear().Append(table);
        foreach (var part in parts) _text.Append('_').Append(part.Column);
        return Fit(_text.ToString(), suffix);
    }

    /// <summary>The name and the suffix within the product's limit.</summary>
    public string Fit(string name, string suffix)
    {
        if (dialect.MaxIdentifierBytes is not { } limit) return name + suffix;
        var room = limit - suffix.Length;
        return Encoding.UTF8.GetByteCount(name) > room ? IdentifierRules.Cut(name, room) + suffix : name + suffix;
    }
}
