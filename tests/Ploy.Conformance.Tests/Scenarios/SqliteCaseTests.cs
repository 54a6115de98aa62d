using Xunit;

namespace Ploy.Conformance.Tests.Scenarios;

public sealed class SqliteCaseTests() : CaseTests("sqlite")
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Case.All("sqlite").Select(c => new TheoryDataRow<string>(c.Path));

    [Theory, MemberData(nameof(Cases))]
    public void The_script_is_the_recorded_one(string path) => ScriptIsTheRecordedOne(path);

    [Theory, MemberData(nameof(Cases))]
    public Task A_migrated_database_is_as_described(string path) => MigratedDatabaseIsAsDescribedAsync(path);
}
