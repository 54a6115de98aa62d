using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NxLoy.Data;
using NxLoy.Data.Base;
using NxLoy.Data.Loyalty;

namespace NxLoy.Api;

/// <summary>Points that a customer gets, or loses where they are negative.</summary>
/// <param name="ProgramId">The loyalty program.</param>
/// <param name="Points">Signed.</param>
/// <param name="IdempotencyKey">The caller's own number: a request that is sent again is not booked again. Null where there is none.</param>
public sealed record NewPoints([Required] string ProgramId, decimal Points, [StringLength(64)] string? IdempotencyKey = null);

/// <summary>A booking.</summary>
/// <param name="Id">The booking's key.</param>
/// <param name="Points">Signed.</param>
/// <param name="Balance">What the customer has after it.</param>
/// <param name="At">When, in UTC.</param>
public sealed record PointsView(string Id, decimal Points, decimal Balance, DateTime At);

internal static class Points
{
    public static void MapPoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/customers/{customerId}/points").WithTags("Points");
        group.MapGet("/", async (string customerId, NxLoyContext data, CancellationToken cancel) =>
            await data.PointTransactions.Where(t => t.CustomerId == customerId).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id)
                .Select(t => new PointsView(t.Id, t.Points, t.BalanceAfter, t.CreatedAt)).ToListAsync(cancel))
            .WithSummary("A customer's bookings");
        group.MapPost("/", async Task<Results<Ok<PointsView>, NotFound, ProblemHttpResult>> (string customerId, NewPoints input, NxLoyContext data, CancellationToken cancel) =>
        {
            await using var transaction = await data.Database.BeginTransactionAsync(cancel);
            if (!await LockAsync(data, customerId, cancel)) return TypedResults.NotFound();
            if (input.IdempotencyKey is { } key && await data.PointTransactions.SingleOrDefaultAsync(t => t.IdempotencyKey == key, cancel) is { } done)
                return done.CustomerId == customerId ? TypedResults.Ok(View(done)) : TypedResults.Problem("The key has been used for another customer.", statusCode: 409);
            if (await BookAsync(data, customerId, input.ProgramId, input.Points, input.Points < 0 ? PointTransactionType.Adjust : PointTransactionType.Earn, input.IdempotencyKey, cancel) is not { } booked)
                return TypedResults.Problem("The customer has not that many points.", statusCode: 409);
            await transaction.CommitAsync(cancel);
            return TypedResults.Ok(View(booked));
        }).WithSummary("Book points");
    }

    /// <summary>Holds the customer's row until the transaction ends, so that bookings of one customer come one after the other.</summary>
    /// <returns>False where the business has no such customer.</returns>
    public static async Task<bool> LockAsync(NxLoyContext data, string customerId, CancellationToken cancel) =>
        (await data.Customers.FromSql($"SELECT * FROM customers WHERE id = {customerId} FOR UPDATE").AsNoTracking().ToListAsync(cancel)).Count == 1;

    /// <summary>Adds a booking for a customer who is locked.</summary>
    /// <returns>Null where the balance would become negative.</returns>
    public static async Task<PointTransaction?> BookAsync(
        NxLoyContext data, string customerId, string programId, decimal points, PointTransactionType type, string? key, CancellationToken cancel)
    {
        var balance = await data.PointTransactions.Where(t => t.CustomerId == customerId).SumAsync(t => t.Points, cancel) + points;
        if (balance < 0) return null;
        // The database's own default is the start of the transaction, which may have waited for another one's booking.
        var booking = new PointTransaction
        {
            CustomerId = customerId, ProgramId = programId, Type = type, Points = points, BalanceAfter = balance, IdempotencyKey = key, CreatedAt = data.Time.GetUtcNow().UtcDateTime,
        };
        data.Add(booking);
        await data.SaveChangesAsync(cancel);
        return booking;
    }

    private static PointsView View(PointTransaction t) => new(t.Id, t.Points, t.BalanceAfter, t.CreatedAt);
}
