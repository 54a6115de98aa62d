using Ploy.Client.Emit;
using Ploy.Language.Semantics;
using Ploy.Relational.Model;

namespace Ploy.Client;

/// <summary>Writes an EF Core client for a schema. Pure: the same input gives the same bytes.</summary>
public static class ClientGenerator
{
    /// <summary>All files of the client.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="database">What the calculator made of it: the names and types in the database.</param>
    /// <param name="options">Names, and the newest migration.</param>
    public static GeneratedClient Generate(SchemaModel schema, DatabaseSchema database, ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(options);
        var client = new ClientModel(schema, database, options);
        var entities = new EntityEmitter(client);
        var configurations = new ConfigurationEmitter(client);
        var files = schema.Enums.Select(e => EnumEmitter.Emit(e, client.Names, client.IsPostgres))
            .Concat(client.Entities.Select(entities.Emit))
            .Concat(client.Entities.Select(configurations.Emit))
            .Concat(new ContextEmitter(client).Emit());
        return new GeneratedClient([.. files.OrderBy(f => f.Path, StringComparer.Ordinal)], client.Warnings);
    }
}
