using Ploy.Client.Naming;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;
using DatabaseAction = Ploy.Relational.Model.ReferentialAction;

namespace Ploy.Client.Emit;

/// <summary>Writes the relations whose foreign key an entity holds, and the many-to-many relations it comes first in.</summary>
internal sealed class RelationEmitter(ClientModel client)
{
    private readonly ClientNames _names = client.Names;
    private readonly Dictionary<string, ClientEntity> _entities = client.Entities.ToDictionary(e => e.Model.Name);

    public void Emit(CodeWriter writer, ClientEntity entity)
    {
        foreach (var relation in client.Relations.Where(r => r.Model == entity.Model.Name)) ForeignKey(writer, entity, relation);
        AlternateKeys(writer, entity);
        foreach (var relation in client.ManyToMany.Where(r => r.ModelA == entity.Model.Name)) ManyToMany(writer, relation);
    }

    private void AlternateKeys(CodeWriter writer, ClientEntity entity)
    {
        var written = new HashSet<string>();
        foreach (var relation in client.Relations.Where(r => r.Target == entity.Model.Name))
        {
            if (relation.Field.References.SequenceEqual(entity.Key) || !written.Add(string.Join(",", relation.Field.References))) continue;
            var index = entity.Model.Indexes.FirstOrDefault(i => i.Kind == IndexKind.Unique && i.Parts.Select(p => p.Field).SequenceEqual(relation.Field.References));
            var made = index is null ? null : IndexEmitter.Match(entity, index);
            writer.Line($"entity.HasAlternateKey({Selector(entity.Model.Name, relation.Field.References)})"
                + (made is null ? ";" : $".HasName({CSharpNames.Literal(made.Name)});"));
        }
    }

    private void ForeignKey(CodeWriter writer, ClientEntity entity, Relation.ForeignKey relation)
    {
        var isRequired = relation.Field.Fields.All(f => entity.Column(f)!.Field.Arity == FieldArity.Required);
        var made = Made(entity, relation);
        var name = _names.Property(relation.Model, relation.Field.Name);
        var back = relation.BackField is { } field ? $"x => x.{_names.Property(relation.Target, field.Name)}" : "";
        var target = _entities[relation.Target];
        var isPrincipalKey = relation.Field.References.SequenceEqual(target.Key);
        var dependent = _names.Type(relation.Model);
        var principal = _names.Type(relation.Target);
        List<string> chain = [$"entity.HasOne(x => x.{name})", relation.IsOneToOne ? $".WithOne({back})" : $".WithMany({back})"];
        chain.Add($".HasForeignKey{(relation.IsOneToOne ? $"<{dependent}>" : "")}({Selector(relation.Model, relation.Field.Fields)})");
        if (!isPrincipalKey || relation.IsOneToOne)
            chain.Add($".HasPrincipalKey{(relation.IsOneToOne ? $"<{principal}>" : "")}({Selector(relation.Target, relation.Field.References)})");
        if (made?.Name is { } constraint) chain.Add($".HasConstraintName({CSharpNames.Literal(constraint)})");
        chain.Add($".IsRequired({(isRequired ? "true" : "false")})");
        chain.Add($".OnDelete(global::Microsoft.EntityFrameworkCore.DeleteBehavior.{Behavior(made, relation.Field.OnDelete, isRequired)})");
        writer.Chain(chain);
    }

    private static ForeignKey? Made(ClientEntity entity, Relation.ForeignKey relation)
    {
        if (entity.Table is null) return null;
        var columns = relation.Field.Fields.Select(f => entity.Column(f)!.Field.ColumnName).ToList();
        foreach (var key in entity.Table.ForeignKeys)
            if (((IEnumerable<string>)key.Columns).SequenceEqual(columns))
                return key;
        return null;
    }

    /// <summary>EF Core has no SET DEFAULT: the database does it, the program leaves the rows alone.</summary>
    private static string Behavior(ForeignKey? key, Language.Semantics.ReferentialAction? written, bool isRequired) => key?.OnDelete switch
    {
        // Without foreign keys in the database the client does it, for the rows that it has loaded.
        null when written == Language.Semantics.ReferentialAction.Cascade => "ClientCascade",
        null when !isRequired && written is null or Language.Semantics.ReferentialAction.SetNull => "ClientSetNull",
        DatabaseAction.Cascade => "Cascade",
        DatabaseAction.Restrict => "Restrict",
        DatabaseAction.NoAction or DatabaseAction.SetDefault => "NoAction",
        // Required columns cannot become null; the language only allows it there with a warning.
        DatabaseAction.SetNull => isRequired ? "NoAction" : "SetNull",
        _ => "ClientNoAction",
    };

    private void ManyToMany(CodeWriter writer, Relation.ManyToMany relation)
    {
        var join = JoinTable(relation);
        var (a, b) = (_names.Type(relation.ModelA), _names.Type(relation.ModelB));
        var table = join?.Name.Name ?? "_" + relation.Name;
        writer.Line($"entity.HasMany(x => x.{_names.Property(relation.ModelA, relation.FieldA.Name)})");
        writer.Line($"    .WithMany(x => x.{_names.Property(relation.ModelB, relation.FieldB.Name)})");
        writer.Line($"    .UsingEntity<global::System.Collections.Generic.Dictionary<string, object>>({CSharpNames.Literal(table)},");
        writer.Line($"        right => right.HasOne<{b}>().WithMany().HasForeignKey(\"B\"){Constraint(join, "B")}.OnDelete(global::Microsoft.EntityFrameworkCore.DeleteBehavior.Cascade),");
        writer.Line($"        left => left.HasOne<{a}>().WithMany().HasForeignKey(\"A\"){Constraint(join, "A")}.OnDelete(global::Microsoft.EntityFrameworkCore.DeleteBehavior.Cascade),");
        writer.Line("        join =>").Line("        {");
        var schema = join?.Name.Namespace is { } space && client.Schema.FindModel(relation.ModelA)?.Namespace is not null ? ", " + CSharpNames.Literal(space) : "";
        writer.Line($"            join.ToTable({CSharpNames.Literal(table)}{schema});");
        var key = join?.PrimaryKey?.Name ?? join?.Indexes.ToImmutableArray().FirstOrDefault(i => i.IsUnique)?.Name;
        writer.Line($"            join.HasKey(\"A\", \"B\"){(key is null ? "" : $".HasName({CSharpNames.Literal(key)})")};");
        foreach (var index in join?.Indexes.ToImmutableArray().Where(i => !i.IsUnique) ?? [])
            writer.Line($"            join.HasIndex([\"B\"], {CSharpNames.Literal(index.Name)});");
        foreach (var (column, model) in (ReadOnlySpan<(string, string)>)[("A", relation.ModelA), ("B", relation.ModelB)])
            if (_entities[model].Key is [var key0] && _entities[model].Column(key0)!.Type.StoreType is { } store)
                writer.Line($"            join.Property(\"{column}\").HasColumnType({CSharpNames.Literal(store)});");
        if (TenantEnd(relation) is var (end, ofEnd))
        {
            var referred = _entities[ofEnd].Column(_entities[ofEnd].Key[0])!; // a many-to-many relation's ends have a key of one field
            writer.Line($"            join.IsTenantScoped<{_names.Type(ofEnd)}, {referred.Type.Name}>(\"{end}\", x => x.{_names.Property(ofEnd, referred.Field.Name)}, context);");
        }

        writer.Line("        });");
    }

    /// <summary>The end of a join table whose rows are a tenant's, by which the join table's are: no row of it has ends of two tenants.</summary>
    private (string Column, string Model)? TenantEnd(Relation.ManyToMany relation) =>
        client.TenantField(_entities[relation.ModelA].Model) is not null ? ("A", relation.ModelA)
        : client.TenantField(_entities[relation.ModelB].Model) is not null ? ("B", relation.ModelB)
        : null;

    private static string Constraint(Table? join, string column)
    {
        foreach (var key in join?.ForeignKeys ?? [])
            if (key.Columns[0] == column && key.Name is { } name)
                return $".HasConstraintName({CSharpNames.Literal(name)})";
        return "";
    }

    /// <summary>The engine calls it <c>_</c> and the relation's name, cut to the identifier's limit.</summary>
    private Table? JoinTable(Relation.ManyToMany relation)
    {
        var a = _entities[relation.ModelA].Model;
        var name = "_" + relation.Name;
        foreach (var table in client.Tables.Values)
            if ((table.Name.Name == name || (table.Name.Name.Length > 50 && name.StartsWith(table.Name.Name, StringComparison.Ordinal)))
                && (a.Namespace is null || table.Name.Namespace == a.Namespace))
                return table;
        return null;
    }

    private string Selector(string model, IReadOnlyList<string> fields) => ConfigurationEmitter.SelectorOf(_names, model, fields);
}
