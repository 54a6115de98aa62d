namespace Ploy.Testing;

/// <summary>A database of one test; disposing removes it.</summary>
public abstract class TemporaryDatabase : IAsyncDisposable
{
    private protected TemporaryDatabase()
    {
    }

    /// <summary>The provider's name in schema files.</summary>
    public abstract string Provider { get; }

    /// <summary>The database's name, or the file's name without its extension.</summary>
    public abstract string Name { get; }

    /// <summary>Where it is, in the form that stands in a datasource block.</summary>
    public abstract string Url { get; }

    /// <summary>Where it is, in the form that the .NET driver takes; without pooling.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>A new, empty database on the shared server, or a copy of another one there that nobody is connected to.</summary>
    public static Task<TemporaryPostgresDatabase> PostgresAsync(string? template = null) => TemporaryPostgresDatabase.NewAsync(template);

    /// <summary>A path for a SQLite file in a new folder of its own; the file itself appears when something connects.</summary>
    public static TemporarySqliteDatabase Sqlite() => TemporarySqliteDatabase.Create();

    /// <summary>A new database of a provider: <c>postgresql</c> or <c>sqlite</c>.</summary>
    public static async Task<TemporaryDatabase> CreateAsync(string provider) => provider switch
    {
        "postgresql" => await PostgresAsync(),
        "sqlite" => Sqlite(),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "There is no such provider."),
    };

    /// <summary>Runs a script, past everything of Ploy's.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>All rows of a query, each as its values joined with <c>|</c>, null as <c>NULL</c>, binary as hex.</summary>
    public abstract Task<IReadOnlyList<string>> RowsAsync(string sql);

    /// <summary>
    /// The database's shape as an independent witness prints it: <c>pg_dump --schema-only</c>, the columns of each table sorted;
    /// or the text in <c>sqlite_schema</c>, sorted, blanks folded, columns sorted too. Ploy's and Prisma's own tables are left out.
    /// </summary>
    public abstract Task<string> DumpAsync();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    private protected static async Task<IReadOnlyList<string>> ReadRowsAsync(System.Data.Common.DbCommand command)
    {
        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Print(reader.GetValue(i)))));
        return rows;
    }

    private static string Print(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        Array items => "{" + string.Join(',', items.Cast<object>().Select(Print)) + "}",
        DateTime time => time.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
