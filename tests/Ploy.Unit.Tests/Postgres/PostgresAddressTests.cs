using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Sessions;
using Xunit;

namespace Ploy.Unit.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgresql://user:pw@host:6000/db?schema=app", "db", "host:6000", "app", "user", "pw")]
    [InlineData("postgres://user:p%40%3A%2Fw@host/db", "db", "host:5432", "public", "user", "p@:/w")]
    [InlineData("postgresql://user:p@w:x@host/db", "db", "host:5432", "public", "user", "p@w:x")]
    [InlineData("postgresql://user:100%@host/db", "db", "host:5432", "public", "user", "100%")]
    [InlineData("postgresql://us%C3%A9r:pw@host/d%20b", "d b", "host:5432", "public", "usér", "pw")]
    [InlineData("postgresql://host", "postgres", "host:5432", "public", null, null)]
    [InlineData("postgresql://user@/db?host=/var/run/postgresql", "db", "unix:/var/run/postgresql", "public", "user", null)]
    [InlineData("postgresql://user@%2Fvar%2Frun/db", "db", "unix:/var/run", "public", "user", null)]
    [InlineData("postgresql://user@[::1]:7000/db", "db", "[::1]:7000", "public", "user", null)]
    [InlineData("postgresql://user@[::1]:7000,[2001:db8::1]:7001,host:7002/db", "db", "[::1]:7000,[2001:db8::1]:7001,host:7002", "public", "user", null)]
    [InlineData("postgresql://user@[::1],[::2]/db", "db", "::1,::2", "public", "user", null)]
    [InlineData("  POSTGRESQL://user@host/db?schema=  ", "db", "host:5432", "public", "user", null)]
    [InlineData("postgresql://host/db?user=u&password=p%26", "db", "host:5432", "public", "u", "p&")]
    [InlineData("Host=h;Port=7;Database=d;Username=u;Password=p;Search Path='\"My App\",public'", "d", "h:7", "My App", "u", "p")]
    [InlineData("Server=h;User Id=u;Password='p;w'", "postgres", "h:5432", "public", "u", "p;w")]
    public void A_connection_string_is_taken_apart(string text, string database, string location, string space, string? user, string? password)
    {
        var address = PostgresAddressParser.Parse(text, "/base");
        var driver = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal((database, location, space, user, password), (address.Database, address.Location, address.Namespace, driver.Username, driver.Password));
        // The driver wants a pool for several hosts.
        Assert.Equal((database, (string?)null, text.Contains(',', StringComparison.Ordinal) && location.Contains(',', StringComparison.Ordinal)), (driver.Database, driver.ApplicationName, driver.Pooling));
        Assert.Empty(address.Warnings);
    }

    [Theory]
    [InlineData("postgresql://u@localhost/d", true)]
    [InlineData("postgresql://u@[::1]:7000/d", true)]
    [InlineData("postgresql://u@[::1]:7000,127.0.0.1:7001,[::1]/d", true)]
    [InlineData("postgresql://u@[::1]:7000,db.example.com:7001/d", false)]
    [InlineData("postgresql://u@[2001:db8::1]/d", false)]
    public void This_machine_is_known_in_every_spelling(string text, bool isLocal) => Assert.Equal(isLocal, PostgresAddressParser.Parse(text, "/").IsLocal);

    [Fact]
    public void Parameters_reach_the_driver()
    {
        var address = PostgresAddressParser.Parse(
            "postgresql://u@h/d?sslmode=require&sslaccept=strict&sslcert=certs/ca.pem&sslidentity=client.p12&sslpassword=s&connect_timeout=9&socket_timeout=30"
            + "&application_name=me&options=-c%20lock_timeout%3D5s&channel_binding=require",
            "/base");
        var driver = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(
            (SslMode.VerifyFull, "/base/certs/ca.pem", "/base/client.p12", "s", 9, 30, "me", "-c lock_timeout=5s", ChannelBinding.Require),
            (driver.SslMode, driver.RootCertificate, driver.SslCertificate, driver.SslPassword, driver.Timeout, driver.CommandTimeout, driver.ApplicationName, driver.Options, driver.ChannelBinding));
        Assert.Equal(5, new NpgsqlConnectionStringBuilder(PostgresAddressParser.Parse("postgresql://u@h/d", "/").ConnectionString).Timeout);
    }

    [Fact]
    public void Prismas_own_parameters_are_taken_and_unknown_ones_are_named()
    {
        const string Own = "postgresql://u@h/d?connection_limit=1&pool_timeout=2&pgbouncer=true&statement_cache_size=0&max_idle_connection_lifetime=1";
        Assert.Empty(PostgresAddressParser.Parse(Own, "/").Warnings);
        var warning = Assert.Single(PostgresAddressParser.Parse(Own + "&supavisor=1", "/").Warnings);
        Assert.Contains("`supavisor`", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_certificate_with_its_key_is_read_as_libpq_reads_it()
    {
        var driver = new NpgsqlConnectionStringBuilder(PostgresAddressParser.Parse("postgresql://u@h/d?sslcert=c.pem&sslkey=k.pem&sslrootcert=r.pem&sslmode=verify-ca", "/b").ConnectionString);
        Assert.Equal(("/b/c.pem", "/b/k.pem", "/b/r.pem", SslMode.VerifyCA), (driver.SslCertificate, driver.SslKey, driver.RootCertificate, driver.SslMode));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("mysql://u:secret@h/d", "`mysql://`")]
    [InlineData("prisma+postgres://h/?api_key=secret", "`prisma+postgres://`")]
    [InlineData("postgresql://u:secret@h:x/d", "port")]
    [InlineData("postgresql://u:secret@h:70000/d", "port")]
    [InlineData("postgresql://u:sec/ret@h:5432/d", "`/`")]
    [InlineData("postgresql://u:sec#ret@h:5432/d", "`#`")]
    [InlineData("postgresql://u:secret@h/d?connect_timeout=soon", "`connect_timeout`")]
    [InlineData("postgresql://u:secret@h/d?sslmode=maybe", "`sslmode`")]
    [InlineData("postgresql://u:%FFsecret@h/d", "UTF-8")]
    [InlineData("just text with secret", "neither")]
    [InlineData("Host=h;Password=secret;Colour=red", "colour")]
    [InlineData("Host=h;Port=secret", "port")]
    [InlineData("Database=d;Password=secret", "`Host`")]
    [InlineData("file:./dev.db?secret=1", "a SQLite file, but the schema's provider is `postgresql`")]
    public void What_does_not_parse_is_P1013_with_the_reason_and_without_the_password(string text, string reason)
    {
        var exception = Assert.Throws<PloyException>(() => PostgresAddressParser.Parse(text, "/"));
        Assert.Equal("P1013", exception.Code);
        Assert.Contains(reason, exception.Message, StringComparison.OrdinalIgnoreCase);
        for (Exception? e = exception; e is not null; e = e.InnerException) Assert.DoesNotContain("sec", (e.Message + exception.Help).Replace("seconds", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_form_of_an_address_has_no_password()
    {
        DatabaseAddress address = PostgresAddressParser.Parse("postgresql://user:geheim@host/db", "/");
        Assert.Equal("db at host:5432", address.ToString());
        Assert.Contains("geheim", address.ConnectionString, StringComparison.Ordinal);
    }
}
