using System.Globalization;
using Npgsql;

namespace Ploy.Testing;

/// <summary>A database on the shared server.</summary>
public sealed class TemporaryPostgresDatabase : TemporaryDatabase
{
    private static readonly Lazy<int> DumpMajor = new(() =>
    {
        var version = ChildProcess.RunAsync(new ProcessCall { Program = PostgresBinaries.Find().Client("pg_dump"), Arguments = ["--version"] }).GetAwaiter().GetResult().Expect(0).Output;
        return int.Parse(version.Split(' ')[2].Split('.')[0], CultureInfo.InvariantCulture);
    });

    private static int _count;

    private TemporaryPostgresDatabase(PostgresServer server, string name) => (Server, Name) = (server, name);

    /// <summary>The server that holds it.</summary>
    public PostgresServer Server { get; }

    /// <inheritdoc/>
    public override string Provider => "postgresql";

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Url => Server.Url(Name);

    /// <inheritdoc/>
    public override string ConnectionString => Server.ConnectionString(Name);

    /// <inheritdoc/>
    public override Task ExecuteAsync(string sql) => Server.ExecuteAsync(Name, sql);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await ReadRowsAsync(command);
    }

    /// <summary>
    /// Whether <see cref="DumpAsync"/> lists the server's catalogue: <c>pg_dump</c> refuses servers that are newer than itself, and those that come alone
    /// have none of their own.
    /// </summary>
    public bool IsDumpCatalogue => !File.Exists(Server.Binaries["pg_dump"]) && DumpMajor.Value < Server.Major;

    /// <inheritdoc/>
    public override async Task<string> DumpAsync()
    {
        if (IsDumpCatalogue) return string.Join('\n', await RowsAsync(Catalogue));
        var call = new ProcessCall
        {
            Program = Server.Binaries.Client("pg_dump"),
            Arguments =
            [
                "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=*._prisma_migrations", "--exclude-schema=_ploy",
                "--dbname=" + Url,
            ],
        };
        var result = await ChildProcess.RunAsync(call);
        return DumpText.Normalize(result.Expect(0).Output);
    }

    // What a database holds, one line for each part of it, in words of the server that have nothing to do with ours.
    private const string Catalogue =
        """
        WITH spaces AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', '_ploy')),
        relations AS (SELECT c.*, nspname FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace WHERE relname <> '_prisma_migrations')
        SELECT line FROM (
            SELECT format('relation %I.%I %s', nspname, relname, relkind) FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
            UNION ALL SELECT format('sequence %I.%I %s %s %s', nspname, relname, format_type(seqtypid, NULL), seqstart, seqincrement) FROM pg_sequence JOIN relations r ON r.oid = seqrelid
            UNION ALL SELECT format('column %I.%I.%I %s %s %s %s%s', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated)
                FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = attnum WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm')
            UNION ALL SELECT format('constraint %I.%I %I %s', nspname, relname, conname, pg_get_constraintdef(k.oid)) FROM relations r JOIN pg_constraint k ON k.conrelid = r.oid WHERE contype <> 'n'
            UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN relations r ON r.oid = indrelid
            UNION ALL SELECT format('enum %I.%I %I', nspname, typname, enumlabel) FROM pg_enum JOIN pg_type t ON t.oid = enumtypid JOIN spaces s ON s.oid = typnamespace
            UNION ALL SELECT format('view %I.%I %s', nspname, relname, pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
            UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN relations r ON r.oid = tgrelid WHERE NOT tgisinternal
            UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN spaces s ON s.oid = pronamespace WHERE prokind IN ('f', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
            UNION ALL SELECT format('policy %I.%I %I %s %s %s', nspname, relname, polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy JOIN relations r ON r.oid = polrelid
        ) AS found (line) ORDER BY line COLLATE "C"
        """;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() =>
        await Server.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS \"{Name}\" WITH (FORCE)");

    internal static async Task<TemporaryPostgresDatabase> NewAsync(string? template)
    {
        var server = await PostgresServer.SharedAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"ploy_test_{Interlocked.Increment(ref _count)}");
        // Copying files is several times as fast as logging the pages; servers before 15 always copy and do not know the word.
        var strategy = server.Major >= 15 ? "STRATEGY FILE_COPY" : "";
        await server.ExecuteAsync("postgres", $"CREATE DATABASE \"{name}\" TEMPLATE \"{template ?? "template0"}\" {strategy}");
        return new TemporaryPostgresDatabase(server, name);
    }
}
