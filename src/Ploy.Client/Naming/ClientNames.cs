using Ploy.Language.Semantics;

namespace Ploy.Client.Naming;

/// <summary>Every C# name of a client, given once and in schema order, so that the same schema gives the same names.</summary>
internal sealed class ClientNames
{
    /// <summary>Members that a property of an entity must not hide or equal.</summary>
    private static readonly string[] ObjectMembers = ["Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals"];

    /// <summary>Members of a context that a set must not hide.</summary>
    private static readonly string[] ContextMembers =
    [
        "Database", "ChangeTracker", "Model", "ContextId", "Set", "Add", "Update", "Remove", "Attach", "Entry", "Find", "SaveChanges",
        "Time", "TenantAccessor", "TenantKey", "IsAcrossTenants", "AcrossTenants", "LastMigration", "OnModelCreating", "OnConfiguring", "ConfigureConventions",
    ];

    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Model, string Field), string> _properties = [];
    private readonly Dictionary<(string Enum, string Value), string> _values = [];
    private readonly Dictionary<string, string> _domains = new(StringComparer.Ordinal);
    private readonly string _root;

    public ClientNames(SchemaModel schema, ClientOptions options)
    {
        _root = options.Namespace;
        // The classes that are written beside each entity and enum.
        var besides = schema.Models.Select(m => CSharpNames.Pascal(m.Name)).SelectMany(n => new[] { n + "Configuration", n + "EntityConfiguration" })
            .Concat(schema.Enums.Select(e => CSharpNames.Pascal(e.Name)).SelectMany(n => new[] { n + "Converter", n + "EnumConverter" }));
        var types = new NameScope([.. besides, options.ContextName, options.ContextName + "Extensions"]);
        foreach (var model in schema.Models) _types[model.Name] = types.Take(CSharpNames.Pascal(model.Name), "Entity");
        foreach (var type in schema.Enums) _types[type.Name] = types.Take(CSharpNames.Pascal(type.Name), "Enum");
        var sets = new NameScope([.. ContextMembers, options.ContextName]);
        foreach (var model in schema.Models)
        {
            _sets[model.Name] = sets.Take(CSharpNames.Plural(_types[model.Name]), "Set");
            // CS0542: a member cannot be called like its class.
            var members = new NameScope([.. ObjectMembers, _types[model.Name]]);
            foreach (var field in model.Fields) _properties[(model.Name, field.Name)] = members.Take(CSharpNames.Pascal(field.Name), "Value");
        }

        foreach (var type in schema.Enums)
        {
            var values = new NameScope();
            foreach (var value in type.Values) _values[(type.Name, value.Name)] = values.Take(CSharpNames.Pascal(value.Name), "Value");
        }

        NameDomains(schema, options);
    }

    public string Type(string name) => CSharpNames.Identifier(_types[name]);

    public string Set(Model model) => CSharpNames.Identifier(_sets[model.Name]);

    public string Property(string model, string field) => CSharpNames.Identifier(_properties[(model, field)]);

    /// <summary>The field behind a property whose default the database makes.</summary>
    public string BackingField(string model, string field) => "_" + char.ToLowerInvariant(_properties[(model, field)][0]) + _properties[(model, field)][1..] + "_";

    public string Value(string type, string value) => CSharpNames.Identifier(_values[(type, value)]);

    /// <summary>The folder of the file that a declaration stands in; empty where the schema is a single file.</summary>
    public string Folder(Core.Text.SourceLocation at) => _domains[at.Source.Path];

    /// <summary>The namespace of the same.</summary>
    public string Namespace(Core.Text.SourceLocation at) => Folder(at) is { Length: > 0 } folder ? _root + "." + folder : _root;

    private void NameDomains(SchemaModel schema, ClientOptions options)
    {
        var locations = schema.Models.Select(m => m.Location).Concat(schema.Enums.Select(e => e.Location));
        var paths = locations.Select(l => l.Source.Path).Distinct().Order(StringComparer.Ordinal).ToList();
        // A namespace that equals a type inside it hides the type; one called like a framework root hides that.
        var scope = new NameScope([.. _types.Values, options.ContextName, "System", "Microsoft", "Ploy", "Npgsql", "NpgsqlTypes", .. options.Namespace.Split('.')]);
        // A file that only says where the data is makes a schema one of several files, too: its namespaces do not change when the second domain comes.
        var isOnly = paths.Concat(schema.Generators.Select(g => g.Location.Source.Path)).Append(schema.Datasource?.Location.Source.Path ?? paths.FirstOrDefault()).Distinct().Count() == 1;
        foreach (var path in paths)
        {
            _domains[path] = isOnly ? "" : scope.Take(CSharpNames.Pascal(Path.GetFileNameWithoutExtension(path)), "Domain");
        }
    }
}
