using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NxLoy.Api;
using Ploy.Design.Commands;
using Ploy.Design.Configuration;
using Ploy.Postgres;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Client.Tests.Samples;

/// <summary>The sample API, started by <c>WebApplicationFactory</c> on an empty database, which it migrates itself.</summary>
public sealed class NxLoyApiTests : IAsyncLifetime
{
    private TemporaryPostgresDatabase _database = null!; // set before each test
    private WebApplicationFactory<Program> _application = null!; // set before each test

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TemporaryDatabase.PostgresAsync();
        _application = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host.UseSetting("ConnectionStrings:Default", _database.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Two_businesses_see_their_own_customers_only()
    {
        var (acme, globex) = (await SignUpAsync("acme"), await SignUpAsync("globex"));
        var ada = await AddCustomerAsync(acme, "ada@example.com");
        await AddCustomerAsync(globex, "bob@example.com");
        Assert.Equal(["ada@example.com"], (await acme.Client.GetFromJsonAsync<CustomerView[]>("/customers", Cancel))!.Select(c => c.Email));
        Assert.Equal(["bob@example.com"], (await globex.Client.GetFromJsonAsync<CustomerView[]>("/customers", Cancel))!.Select(c => c.Email));
        Assert.Equal(HttpStatusCode.OK, (await acme.Client.GetAsync($"/customers/{ada}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await globex.Client.GetAsync($"/customers/{ada}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await globex.Client.DeleteAsync($"/customers/{ada}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await globex.Client.PostAsJsonAsync($"/customers/{ada}/points", new NewPoints(globex.ProgramId, 5, null), Cancel)).StatusCode);
        // A reward in the other business's program is a foreign key across tenants.
        Assert.Equal(HttpStatusCode.Forbidden, (await globex.Client.PostAsJsonAsync("/rewards", new NewReward(acme.ProgramId, "Mug", 1, null), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _application.CreateClient().GetAsync("/customers", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_deleted_customer_is_gone_and_can_be_restored()
    {
        var acme = await SignUpAsync("acme");
        var ada = await AddCustomerAsync(acme, "ada@example.com");
        Assert.Equal(HttpStatusCode.NoContent, (await acme.Client.DeleteAsync($"/customers/{ada}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await acme.Client.GetAsync($"/customers/{ada}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await acme.Client.PostAsync($"/customers/{ada}/restore", null, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await acme.Client.PostAsync($"/customers/{ada}/restore", null, Cancel)).StatusCode);
        Assert.Equal("ada@example.com", (await acme.Client.GetFromJsonAsync<CustomerView>($"/customers/{ada}", Cancel))!.Email);
    }

    [Fact]
    public async Task Redemptions_at_once_give_no_reward_twice_and_overdraw_no_balance()
    {
        var acme = await SignUpAsync("acme");
        string[] customers = [await AddCustomerAsync(acme, "ada@example.com"), await AddCustomerAsync(acme, "bob@example.com")];
        foreach (var customer in customers)
            (await acme.Client.PostAsJsonAsync($"/customers/{customer}/points", new NewPoints(acme.ProgramId, 35, null), Cancel)).EnsureSuccessStatusCode();
        var created = await acme.Client.PostAsJsonAsync("/rewards", new NewReward(acme.ProgramId, "Mug", 10, 5), Cancel);
        var reward = await created.Content.ReadFromJsonAsync<RewardView>(Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i =>
            acme.Client.PostAsJsonAsync($"/rewards/{reward!.Id}/redeem", new NewRedemption(customers[i % 2]), Cancel)));
        // Five mugs; each of the two can pay for three.
        Assert.Equal([(HttpStatusCode.OK, 5), (HttpStatusCode.Conflict, 19)], answers.GroupBy(a => a.StatusCode).Select(g => (g.Key, g.Count())).OrderBy(g => g.Key));
        Assert.Equal(0, (await acme.Client.GetFromJsonAsync<RewardView[]>("/rewards", Cancel))!.Single().Left);
        var balances = (await acme.Client.GetFromJsonAsync<CustomerView[]>("/customers", Cancel))!.Select(c => c.Points).ToList();
        Assert.Equal(20m, balances.Sum());
        Assert.All(balances, b => Assert.InRange(b, 5, 15));
        foreach (var customer in customers)
        {
            // Each booking's balance follows from the one before it, in the order that the list has.
            var bookings = (await acme.Client.GetFromJsonAsync<PointsView[]>($"/customers/{customer}/points", Cancel))!;
            Assert.Equal(bookings.Select((_, i) => bookings[..(i + 1)].Sum(p => p.Points)), bookings.Select(p => p.Balance));
        }

        Assert.Equal(["5"], await _database.RowsAsync("SELECT count(*) FROM reward_redemptions"));
    }

    [Fact]
    public async Task A_request_that_is_sent_again_is_not_booked_again()
    {
        var acme = await SignUpAsync("acme");
        var ada = await AddCustomerAsync(acme, "ada@example.com");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => acme.Client.PostAsJsonAsync($"/customers/{ada}/points", new NewPoints(acme.ProgramId, 7, "receipt-1"), Cancel)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal([7m], (await acme.Client.GetFromJsonAsync<PointsView[]>($"/customers/{ada}/points", Cancel))!.Select(p => p.Balance));
        Assert.Equal(HttpStatusCode.Conflict, (await acme.Client.PostAsJsonAsync($"/customers/{ada}/points", new NewPoints(acme.ProgramId, -8, null), Cancel)).StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_answered()
    {
        var acme = await SignUpAsync("acme");
        var ada = await AddCustomerAsync(acme, "ada@example.com");
        await AnswersAsync(400, "Email", acme.Client, "/customers", new { email = "nobody", firstName = "A", lastName = "B" });
        await AnswersAsync(400, "LastName", acme.Client, "/customers", new { email = "a@example.com", firstName = "A" });
        await AnswersAsync(409, "It exists already.", acme.Client, "/customers", new NewCustomer("ada@example.com", "A", "B"));
        await AnswersAsync(422, "The rule `point_transactions_moves` does not allow it.", acme.Client, $"/customers/{ada}/points", new NewPoints(acme.ProgramId, 0));
        await AnswersAsync(422, "The rule `rewards_cost` does not allow it.", acme.Client, "/rewards", new NewReward(acme.ProgramId, "Mug", 0));
        await AnswersAsync(422, "A value is too long or too large.", acme.Client, $"/customers/{ada}/points", new NewPoints(acme.ProgramId, 1e20m));
        await AnswersAsync(403, "does not exist", acme.Client, $"/customers/{ada}/points", new NewPoints("nope", 1));
        (await acme.Client.PostAsJsonAsync($"/customers/{ada}/points", new NewPoints(acme.ProgramId, 1, "key"), Cancel)).EnsureSuccessStatusCode();
        await AnswersAsync(409, "The key has been used for another customer.", acme.Client, $"/customers/{await AddCustomerAsync(acme, "bob@example.com")}/points", new NewPoints(acme.ProgramId, 1, "key"));
        var stranger = _application.CreateClient();
        stranger.DefaultRequestHeaders.Add("X-Business-Id", "nobody");
        await AnswersAsync(403, "There is no business `nobody`.", stranger, "/customers", new NewCustomer("a@example.com", "A", "B"));
    }

    private static async Task AnswersAsync(int status, string text, HttpClient client, string path, object body)
    {
        var answer = await client.PostAsJsonAsync(path, body, Cancel);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_names_every_endpoint_and_there_is_a_page_to_read_it()
    {
        var client = _application.CreateClient();
        var description = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancel);
        Assert.Equal(
            ["/businesses", "/customers", "/customers/{customerId}/points", "/customers/{id}", "/customers/{id}/restore", "/rewards", "/rewards/{id}/redeem"],
            description.GetProperty("paths").EnumerateObject().Select(p => p.Name.TrimEnd('/')).Order(StringComparer.Ordinal));
        var redeem = description.GetProperty("paths").GetProperty("/rewards/{id}/redeem").GetProperty("post");
        Assert.Equal(["id", "X-Business-Id"], redeem.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Equal(["200", "400", "403", "404", "409", "422"], redeem.GetProperty("responses").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        var points = description.GetProperty("components").GetProperty("schemas").GetProperty("NewPoints");
        Assert.Equal(["programId", "points"], points.GetProperty("required").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal("Signed.", points.GetProperty("properties").GetProperty("points").GetProperty("description").GetString());
        Assert.Contains("openapi/v1.json", await client.GetStringAsync("/docs", Cancel), StringComparison.Ordinal);
        Assert.Equal("Healthy", await client.GetStringAsync("/health", Cancel));
    }

    [Fact]
    public void The_client_in_the_repository_is_the_one_of_the_schema()
    {
        using var folder = new TemporaryFolder();
        folder.CopyFrom(Repository.PathOf("samples", "nxloy", "prisma"), "prisma");
        folder.CopyFrom(Repository.PathOf("samples", "nxloy", "client"), "client");
        var project = Project.Load(new ProjectOptions { WorkingDirectory = folder.Root, Environment = _ => null });
        var report = new GenerateCommand(Workspace.Load(project, new DialectSet([PostgresDialect.Instance, SqliteDialect.Instance]))).Run();
        Assert.Equal((0, 0, 70), (report.Written.Length, report.Deleted.Length, report.Unchanged));
    }

    private async Task<(HttpClient Client, string ProgramId)> SignUpAsync(string name)
    {
        var answer = await _application.CreateClient().PostAsJsonAsync("/businesses", new NewBusiness(name, name), Cancel);
        var business = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<BusinessView>(Cancel);
        var client = _application.CreateClient();
        client.DefaultRequestHeaders.Add("X-Business-Id", business!.Id);
        return (client, business.ProgramId);
    }

    private static async Task<string> AddCustomerAsync((HttpClient Client, string ProgramId) business, string email)
    {
        var answer = await business.Client.PostAsJsonAsync("/customers", new NewCustomer(email, "Ada", "Lovelace"), Cancel);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<CustomerView>(Cancel))!.Id;
    }
}
