using Ploy.Relational.Model;

namespace Ploy.Testing.Generators;

/// <summary>A schema in which one property of one object was changed.</summary>
/// <param name="Property">The record and the property: <c>Column.Name</c>.</param>
/// <param name="Schema">The changed schema; valid on PostgreSQL.</param>
public sealed record SchemaMutation(string Property, DatabaseSchema Schema)
{
    /// <inheritdoc />
    public override string ToString() => Property;
}

/// <summary>A small schema that has one of everything, and for every property of the model a copy in which only that differs.</summary>
public static class SchemaMutations
{
    /// <summary>The properties that are never a difference by themselves, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> NeverADifference { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Column.HasClientDefault"] = "the database knows nothing of it",
        ["Column.Printed"] = "all values are equal",
        ["TableIndex.IncludedColumns"] = "what the language cannot say stays",
        ["TableIndex.IsConstraint"] = "a unique index is one either way",
        ["IndexPart.IsAscendingWritten"] = "ascending is the default",
        ["DatabaseSchema.DefaultNamespace"] = "how names are written",
        ["DatabaseSchema.Namespaces"] = "made when something stands in them",
        ["DatabaseSchema.Sequences"] = "left alone",
        ["DatabaseSchema.Views"] = "left alone",
        ["DatabaseSchema.Unmanaged"] = "left alone",
        ["Extension.Name"] = "covered by Extensions",
        ["ColumnType.Enum"] = "covered by Family: an enum's column is mutated to another enum",
        ["SchemaObject.Key"] = "made of the others",
        ["SchemaObject.Uses"] = "all values are equal",
        ["SchemaObject.IsManaged"] = "what is ours on one side is looked after, what is on none is left alone: ObjectDifferTests",
        ["PrimaryKey.Parts"] = "covered by IndexPart.Column",
        ["TableIndex.Parts"] = "covered by IndexPart.Column",
    };

    private static readonly Column Id = Column("id", TypeFamily.Int, "INTEGER");

    /// <summary>The schema that is mutated.</summary>
    public static DatabaseSchema Base { get; } = new()
    {
        Namespaces = ["public"],
        DefaultNamespace = "public",
        Extensions = [new Extension("citext", null, "1.5")],
        Enums = [new EnumType(new QualifiedName(null, "Mood"), ["happy", "sad"]), new EnumType(new QualifiedName(null, "Level"), ["happy", "sad"])],
        Tables = [Author(), Post()],
        Objects = [View("titles", "SELECT title FROM \"Post\"")],
    };

    /// <summary>The mutations by property.</summary>
    public static IReadOnlyList<SchemaMutation> All { get; } =
    [
        Changed("DatabaseSchema.Extensions", s => s with { Extensions = [.. s.Extensions, new Extension("pg_trgm", null, null)] }),
        Changed("DatabaseSchema.Enums", s => s with { Enums = [.. s.Enums, new EnumType(new QualifiedName(null, "Colour"), ["red"])] }),
        Changed("DatabaseSchema.Tables", s => s with { Tables = [.. s.Tables, new Table { Name = new QualifiedName(null, "Tag"), Columns = [Id] }] }),
        Changed("Extension.Version", s => s with { Extensions = [new Extension("citext", null, "1.6")] }),
        Changed("Extension.Namespace", s => s with { Extensions = [new Extension("citext", "public", "1.6")] }),
        Changed("EnumType.Name", s => s with { Enums = [s.Enums[0], s.Enums[1] with { Name = new QualifiedName(null, "Grade") }] }),
        Changed("EnumType.Labels", s => s with { Enums = [s.Enums[0] with { Labels = ["happy", "calm"] }, s.Enums[1]] }),
        InPost("Table.Name", t => t with { Name = new QualifiedName(null, "Article") }),
        InPost("Table.Columns", t => t with { Columns = [.. t.Columns, Column("note", TypeFamily.String, "TEXT", ColumnArity.Nullable)] }),
        InPost("Table.PrimaryKey", t => t with { PrimaryKey = null }),
        InPost("Table.Indexes", t => t with { Indexes = [] }),
        InPost("Table.ForeignKeys", t => t with { ForeignKeys = [] }),
        InColumn("Column.Name", c => c with { Name = "heading" }),
        InColumn("Column.Type", c => c with { Type = c.Type with { Family = TypeFamily.Int, StoreType = "INTEGER" }, Default = null }),
        InColumn("Column.Default", c => c with { Default = Text("other") }),
        InPost("Column.IsAutoIncrement", t => t with { Columns = [Id with { IsAutoIncrement = true }, .. t.Columns.Skip(1)] }),
        InPost("ColumnType.Family", t => t with { Columns = [.. t.Columns.Take(3), t.Columns[3] with { Type = t.Columns[3].Type with { Enum = new QualifiedName(null, "Level") } }] }),
        InColumn("ColumnType.StoreType", c => c with { Type = c.Type with { StoreType = "VARCHAR" } }),
        InColumn("ColumnType.Arguments", c => c with { Type = c.Type with { StoreType = "VARCHAR", Arguments = ["20"] } }),
        InColumn("ColumnType.Arity", c => c with { Type = c.Type with { Arity = ColumnArity.Nullable } }),
        InPost("PrimaryKey.Name", t => t with { PrimaryKey = t.PrimaryKey! with { Name = "Post_key" } }),
        InIndex("TableIndex.Name", i => i with { Name = "Post_by_title" }),
        InIndex("TableIndex.IsUnique", i => i with { IsUnique = true }),
        InIndex("TableIndex.Method", i => i with { Method = "hash" }),
        InIndex("TableIndex.Predicate", i => i with { Predicate = new SqlExpression("id > 3") }),
        InPart("IndexPart.Column", p => p with { Column = "authorId" }),
        InPart("IndexPart.IsDescending", p => p with { IsDescending = true }),
        InPart("IndexPart.OperatorClass", p => p with { OperatorClass = "text_pattern_ops" }),
        InKey("ForeignKey.Name", k => k with { Name = "Post_author" }),
        InKey("ForeignKey.Columns", k => k with { Columns = ["id"] }),
        InKey("ForeignKey.Target", k => k with { Target = new QualifiedName(null, "Post") }),
        InKey("ForeignKey.TargetColumns", k => k with { TargetColumns = ["number"] }),
        InKey("ForeignKey.OnDelete", k => k with { OnDelete = ReferentialAction.SetNull }),
        InPost("Column.Generated", t => t with
        {
            Columns = [t.Columns[0], t.Columns[1] with { Generated = new SqlExpression("'a' || 'b'"), Default = null }, .. t.Columns.Skip(2)],
            Objects = [.. t.Objects, new SchemaObject { Kind = ObjectKind.Generated, Name = new QualifiedName(null, "title"), Table = t.Name, Definition = new SqlExpression("'a' || 'b'"), IsManaged = true }],
        }),
        InPost("Table.Objects", t => t with { Objects = [] }),
        InCheck("SchemaObject.Kind", o => o with { Kind = ObjectKind.Exclusion, Definition = new SqlExpression("EXCLUDE USING btree (id WITH =)") }),
        InCheck("SchemaObject.Name", o => o with { Name = new QualifiedName(null, "id_is_positive") }),
        InCheck("SchemaObject.Definition", o => o with { Definition = new SqlExpression("CHECK (id > 1)") }),
        Changed("SchemaObject.Table", s => s with { Tables = [s.Tables[0] with { Objects = [Check(s.Tables[0].Name)] }, s.Tables[1] with { Objects = [] }] }),
        Changed("DatabaseSchema.Objects", s => s with { Objects = [.. s.Objects, View("ids", "SELECT id FROM \"Post\"")] }),
        InKey("ForeignKey.OnUpdate", k => k with { OnUpdate = ReferentialAction.NoAction }),
    ];

    private static SchemaMutation Changed(string property, Func<DatabaseSchema, DatabaseSchema> change) => new(property, change(Base));

    private static SchemaMutation InPost(string property, Func<Table, Table> change) =>
        Changed(property, s => s with { Tables = [s.Tables[0], change(s.Tables[1])] });

    private static SchemaMutation InColumn(string property, Func<Column, Column> change) => InPost(property, t =>
    {
        var column = change(t.Columns[1]);
        var isGone = column.Name != t.Columns[1].Name;
        return t with
        {
            Columns = [t.Columns[0], column, .. t.Columns.Skip(2)],
            Indexes = isGone ? [t.Indexes[0] with { Parts = [new IndexPart { Column = column.Name }] }] : t.Indexes,
        };
    });

    private static SchemaMutation InIndex(string property, Func<TableIndex, TableIndex> change) => InPost(property, t => t with { Indexes = [change(t.Indexes[0])] });

    private static SchemaMutation InPart(string property, Func<IndexPart, IndexPart> change) => InIndex(property, i => i with { Parts = [change(i.Parts[0])] });

    private static SchemaMutation InCheck(string property, Func<SchemaObject, SchemaObject> change) => InPost(property, t => t with { Objects = [change(t.Objects[0])] });

    private static SchemaObject Check(QualifiedName table) =>
        new() { Kind = ObjectKind.Check, Name = new QualifiedName(null, "id_positive"), Table = table, Definition = new SqlExpression("CHECK (id > 0)"), IsManaged = true };

    private static SchemaObject View(string name, string query) =>
        new() { Kind = ObjectKind.View, Name = new QualifiedName(null, name), Definition = new SqlExpression($"CREATE VIEW \"{name}\" AS {query}"), IsManaged = true };

    private static SchemaMutation InKey(string property, Func<ForeignKey, ForeignKey> change) =>
        InPost(property, t => t with { ForeignKeys = [change(t.ForeignKeys[0])] });

    private static DefaultValue.Literal Text(string text) => new(new LiteralValue.Text(text));

    private static Column Column(string name, TypeFamily family, string storeType, ColumnArity arity = ColumnArity.Required) =>
        new() { Name = name, Type = new ColumnType { Family = family, StoreType = storeType, Arity = arity } };

    private static Table Author() => new()
    {
        Name = new QualifiedName(null, "Author"),
        Columns = [Id, Column("number", TypeFamily.Int, "INTEGER")],
        PrimaryKey = new PrimaryKey("Author_pkey", [new IndexPart { Column = "id" }]),
        Indexes = [new TableIndex { Name = "Author_number_key", IsUnique = true, Parts = [new IndexPart { Column = "number" }] }],
    };

    private static Table Post() => new()
    {
        Name = new QualifiedName(null, "Post"),
        Columns =
        [
            Id,
            Column("title", TypeFamily.String, "TEXT") with { Default = Text("untitled") },
            Column("authorId", TypeFamily.Int, "INTEGER", ColumnArity.Nullable),
            new Column
            {
                Name = "mood",
                Type = new ColumnType { Family = TypeFamily.Enum, StoreType = "Mood", Enum = new QualifiedName(null, "Mood"), Arity = ColumnArity.Required },
            },
        ],
        PrimaryKey = new PrimaryKey("Post_pkey", [new IndexPart { Column = "id" }]),
        Indexes = [new TableIndex { Name = "Post_title_idx", Parts = [new IndexPart { Column = "title" }] }],
        Objects = [Check(new QualifiedName(null, "Post"))],
        ForeignKeys =
        [
            new ForeignKey
            {
                Name = "Post_authorId_fkey", Columns = ["authorId"], Target = new QualifiedName(null, "Author"), TargetColumns = ["id"],
                OnDelete = ReferentialAction.Restrict, OnUpdate = ReferentialAction.Cascade,
            },
        ],
    };
}
