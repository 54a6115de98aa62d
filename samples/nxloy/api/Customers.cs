using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NxLoy.Data;
using NxLoy.Data.CustomerDomain;
using Ploy.EntityFrameworkCore;

namespace NxLoy.Api;

/// <summary>A customer who joins.</summary>
/// <param name="Email">Where mail goes; one customer of a business for each.</param>
/// <param name="FirstName">First name.</param>
/// <param name="LastName">Last name.</param>
public sealed record NewCustomer([Required, EmailAddress] string Email, [Required] string FirstName, [Required] string LastName);

/// <summary>A customer.</summary>
/// <param name="Id">The customer's key.</param>
/// <param name="Email">Where mail goes.</param>
/// <param name="Name">Both names.</param>
/// <param name="Points">The balance.</param>
public sealed record CustomerView(string Id, string Email, string Name, decimal Points);

internal static class Customers
{
    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/customers").WithTags("Customers");
        group.MapGet("/", async (NxLoyContext data, CancellationToken cancel) => await View(data.Customers.OrderBy(c => c.LastName)).ToListAsync(cancel))
            .WithSummary("The business's customers");
        group.MapGet("/{id}", async Task<Results<Ok<CustomerView>, NotFound>> (string id, NxLoyContext data, CancellationToken cancel) =>
            await View(data.Customers.Where(c => c.Id == id)).SingleOrDefaultAsync(cancel) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound())
            .WithSummary("One customer");
        group.MapPost("/", async (NewCustomer input, NxLoyContext data, CancellationToken cancel) =>
        {
            // Whose customer it is, the context stamps.
            var customer = new Customer { Email = input.Email, FirstName = input.FirstName, LastName = input.LastName };
            data.Add(customer);
            await data.SaveChangesAsync(cancel);
            return TypedResults.Created($"/customers/{customer.Id}", new CustomerView(customer.Id, customer.Email, $"{customer.FirstName} {customer.LastName}", 0));
        }).WithSummary("Add a customer");
        group.MapDelete("/{id}", async Task<Results<NoContent, NotFound>> (string id, NxLoyContext data, CancellationToken cancel) =>
            await data.Customers.Where(c => c.Id == id).ExecuteDeleteAsync(cancel) > 0 ? TypedResults.NoContent() : TypedResults.NotFound())
            .WithSummary("Delete a customer, who can be restored");
        group.MapPost("/{id}/restore", async Task<Results<NoContent, NotFound>> (string id, NxLoyContext data, CancellationToken cancel) =>
            await data.Customers.OnlyDeleted().SingleOrDefaultAsync(c => c.Id == id, cancel) is { } found && await data.RestoreAsync(found, cancel)
                ? TypedResults.NoContent()
                : TypedResults.NotFound())
            .WithSummary("Bring a deleted customer back");
    }

    private static IQueryable<CustomerView> View(IQueryable<Customer> customers) =>
        customers.Select(c => new CustomerView(c.Id, c.Email, c.FirstName + " " + c.LastName, c.Transactions.Sum(t => t.Points)));
}
