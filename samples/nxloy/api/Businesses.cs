using System.ComponentModel.DataAnnotations;
using NxLoy.Data;
using NxLoy.Data.CustomerDomain;
using NxLoy.Data.Loyalty;

namespace NxLoy.Api;

/// <summary>A business that signs up.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Slug">Its name in addresses; nobody else has it.</param>
public sealed record NewBusiness([Required, StringLength(200)] string Name, [Required, StringLength(80), RegularExpression("[a-z0-9-]+")] string Slug);

/// <summary>A business, with the loyalty program that it begins with.</summary>
/// <param name="Id">What the header <c>X-Business-Id</c> takes.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ProgramId">Its loyalty program.</param>
public sealed record BusinessView(string Id, string Name, string ProgramId);

internal static class Businesses
{
    public static void MapBusinesses(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/businesses", async (NewBusiness input, NxLoyContext data, CancellationToken cancel) =>
        {
            // The one place that is nobody's yet.
            using var scope = data.AcrossTenants("a business signs up");
            var business = new Business { Name = input.Name, Slug = input.Slug };
            var program = new LoyaltyProgram { Name = "Points", Business = business };
            data.Add(program);
            await data.SaveChangesAsync(cancel);
            return TypedResults.Created($"/businesses/{business.Id}", new BusinessView(business.Id, business.Name, program.Id));
        }).WithTags("Businesses").WithSummary("Sign up a business").ProducesProblem(400).ProducesProblem(409);
}
