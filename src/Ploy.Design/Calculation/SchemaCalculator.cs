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
        var tables = schema.Models.Where(m => !m.IsView).Select(m => new TableCalculator(schema, m, columns, names).Table(usesForeignKeys ? keys[m.Name] : [])).ToList();
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
    /// <summary>Parts joined by underscores, and the suffix, which is never cut.</summary>
    public string Of(IEnumerable<string> parts, string suffix) => Fit(string.Join('_', parts), suffix);

    /// <summary>The name and the suffix within the product's limit.</summary>
    public string Fit(string name, string suffix)
    {
        if (dialect.MaxIdentifierBytes is not { } limit) return name + suffix;
        var room = limit - suffix.Length;
        return System.Text.Encoding.UTF8.GetByteCount(name) > room ? IdentifierRules.Cut(name, room) + suffix : name + suffix;
    }
}
