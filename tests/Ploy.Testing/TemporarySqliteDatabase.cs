using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Ploy.Testing;

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed partial class TemporarySqliteDatabase : TemporaryDatabase
{
    private readonly TemporaryFolder _folder = new();

    private TemporarySqliteDatabase()
    {
    }

    /// <summary>The full path of the file.</summary>
    public string FilePath => _folder.PathOf("test.db");

    /// <inheritdoc/>
    public override string Provider => "sqlite";

    /// <inheritdoc/>
    public override string Name => "test";

    /// <inheritdoc/>
    public override string Url => "file:" + FilePath;

    /// <inheritdoc/>
    public override string ConnectionString => new SqliteConnectionStringBuilder { DataSource = FilePath, Pooling = false }.ConnectionString;

    /// <inheritdoc/>
    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await ReadRowsAsync(command);
    }

    /// <inheritdoc/>
    public override async Task<string> DumpAsync()
    {
        var rows = await RowsAsync(
            """
            SELECT sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND tbl_name <> '_prisma_migrations' AND tbl_name NOT LIKE '\_ploy\_%' ESCAPE '\'
            """);
        return string.Join('\n', rows.Select(SortItems).Order(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static TemporarySqliteDatabase Create() => new();

    /// <summary>
    /// Columns and constraints of a table in order of their texts: ALTER TABLE writes a new column behind everything else, whatever stands there.
    /// </summary>
    private static string SortItems(string sql)
    {
        var text = Blanks().Replace(sql, " ");
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (!text.StartsWith("CREATE TABLE", StringComparison.OrdinalIgnoreCase) || open < 0) return text;
        var items = new List<string>();
        var (start, depth, quote) = (open + 1, 0, '\0');
        for (var i = open + 1; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"') quote = c;
            else if (c == '(') depth++;
            else if (c == ')' && depth > 0) depth--;
            else if (c == ')' || (c == ',' && depth == 0))
            {
                items.Add(text[start..i].Trim());
                start = i + 1;
                if (c == ')') break;
            }
        }

        return $"{text[..open]}({string.Join(", ", items.Order(StringComparer.Ordinal))}){text[start..]}";
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
