using Ploy.Core.Diagnostics;
using Ploy.Postgres.Backups;
using Ploy.Postgres.Sessions;
using Xunit;

namespace Ploy.Unit.Tests.Postgres;

/// <summary>Which of PostgreSQL's programs are used, and what they are told.</summary>
public sealed class BackupProgramTests
{
    [Theory]
    [InlineData("15 17 16", 16, 16)]
    [InlineData("18 17 13", 15, 17)]
    [InlineData("16 16", 16, 16)]
    public void The_servers_own_version_is_taken_else_the_next_newer_one(string found, int server, int chosen) =>
        Assert.Equal(chosen, PostgresBackups.Choose(Programs(found), server, "pg_dump").Major);

    [Fact]
    public void Older_programs_are_refused_and_the_newest_of_them_is_named()
    {
        var exception = Assert.Throws<PloyException>(() => PostgresBackups.Choose(Programs("13 15 14"), 17, "pg_dump"));
        Assert.Equal("PLOY2341", exception.Code);
        Assert.Equal($"The server is PostgreSQL 17, and the newest `pg_dump` found is of version 15 (`{Path.Combine("/v15", "pg_dump")}`), which refuses newer servers. Nothing has changed.", exception.Message);
        Assert.Equal("Install the client programs of PostgreSQL 17 (Debian: `postgresql-client-17`), or put the folder that has them on PATH.", exception.Help);
        Assert.Equal("PLOY2340", Assert.Throws<PloyException>(() => PostgresBackups.Choose([], 17, "pg_dump")).Code);
    }

    [Fact]
    public void Everything_about_the_connection_goes_by_environment_variables()
    {
        var address = PostgresAddressParser.Parse("postgresql://us%20er:pass'word@h1:5433,h2:5434/data=base?sslmode=require&options=-c%20geqo%3Doff&application_name=x", "/");
        var variables = ProgramEnvironment.Of(address);
        Assert.Equal(
            ["LC_MESSAGES=C", "PGAPPNAME=x", "PGCLIENTENCODING=UTF8", "PGCONNECT_TIMEOUT=5", "PGDATABASE=data=base", "PGGSSENCMODE=disable", "PGHOST=h1,h2", "PGHOSTADDR=", "PGOPTIONS=-c geqo=off",
                "PGPASSWORD=pass'word", "PGPORT=5433,5434", "PGSERVICE=", "PGSSLMODE=require", "PGTARGETSESSIONATTRS=read-write", "PGUSER=us er"],
            variables.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
        var socket = ProgramEnvironment.Of(PostgresAddressParser.Parse("postgresql://localhost/db?host=/run/pg", "/"));
        Assert.Equal("/run/pg 5432", $"{socket["PGHOST"]} {socket["PGPORT"]}");
    }

    private static IEnumerable<PostgresPrograms> Programs(string majors) => majors.Split(' ').Select(m => new PostgresPrograms("/v" + m, int.Parse(m, System.Globalization.CultureInfo.InvariantCulture)));
}
