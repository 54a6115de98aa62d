using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using NxLoy.Api;
using NxLoy.Data;
using Ploy.EntityFrameworkCore;
using Ploy.Hosting;
using Scalar.AspNetCore;

var builder = WebApplication.CreateBuilder(args);

// The database is brought to the schema's state before the first request; several instances may start at once.
builder.Services.AddPloyMigrations((provider, options) => options.Connection = Connection(provider));
builder.Services.AddPloy<NxLoyContext>((provider, options) => options.UseNxLoyContext(Connection(provider)))
    .CheckSchemaAtStart()
    .AddSchemaHealthCheck();
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<RefusalHandler>();
builder.Services.AddValidation();
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
builder.Services.AddOpenApi(options => options.AddDocumentTransformer<ApiTitle>().AddOperationTransformer<TenantHeader>());

var app = builder.Build();
app.UseExceptionHandler();
app.MapHealthChecks("/health");
app.MapOpenApi();
app.MapScalarApiReference("/docs", options => options.WithTitle("NxLoy").HideDeveloperTools().DisableAgent());
app.MapGet("/", () => Results.Redirect("/docs")).ExcludeFromDescription();
app.MapBusinesses();

var tenant = app.MapGroup("/").AddEndpointFilter<TenantFilter>().WithMetadata(new TenantHeader())
    .ProducesProblem(400).ProducesProblem(403).ProducesProblem(409).ProducesProblem(422);
tenant.MapCustomers();
tenant.MapPoints();
tenant.MapRewards();
app.Run();

static string Connection(IServiceProvider provider) => provider.GetRequiredService<IConfiguration>().GetConnectionString("Default")
    ?? throw new InvalidOperationException("Set ConnectionStrings:Default.");

/// <summary>Named so that tests can start the application.</summary>
public partial class Program;
