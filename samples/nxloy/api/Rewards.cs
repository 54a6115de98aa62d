using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NxLoy.Data;
using NxLoy.Data.Base;
using NxLoy.Data.Rewards;
using Ploy.EntityFrameworkCore.Values;

namespace NxLoy.Api;

/// <summary>A reward that a business offers.</summary>
/// <param name="ProgramId">The loyalty program.</param>
/// <param name="Name">What it is called.</param>
/// <param name="PointsCost">What it costs.</param>
/// <param name="Total">How many there are; null for as many as are asked for.</param>
public sealed record NewReward([Required] string ProgramId, [Required, StringLength(160)] string Name, decimal PointsCost, [Range(0, int.MaxValue)] int? Total = null);

/// <summary>A reward.</summary>
/// <param name="Id">The reward's key.</param>
/// <param name="Name">What it is called.</param>
/// <param name="PointsCost">What it costs.</param>
/// <param name="Left">How many are left; null for as many as are asked for.</param>
public sealed record RewardView(string Id, string Name, decimal PointsCost, int? Left);

/// <summary>Who wants the reward.</summary>
/// <param name="CustomerId">The customer.</param>
public sealed record NewRedemption([Required] string CustomerId);

/// <summary>A reward that a customer has taken.</summary>
/// <param name="Code">What the customer shows at the till.</param>
/// <param name="PointsSpent">What it cost.</param>
/// <param name="Balance">What the customer has left.</param>
public sealed record RedemptionView(string Code, decimal PointsSpent, decimal Balance);

internal static class Rewards
{
    public static void MapRewards(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/rewards").WithTags("Rewards");
        group.MapGet("/", async (NxLoyContext data, CancellationToken cancel) =>
            await data.Rewards.OrderBy(r => r.PointsCost)
                .Select(r => new RewardView(r.Id, r.Name, r.PointsCost, r.Inventory == null ? null : r.Inventory.Total - r.Inventory.Redeemed)).ToListAsync(cancel))
            .WithSummary("What points buy");
        group.MapPost("/", async (NewReward input, NxLoyContext data, CancellationToken cancel) =>
        {
            var reward = new Reward { Name = input.Name, PointsCost = input.PointsCost, ProgramId = input.ProgramId, Type = RewardType.FreeProduct };
            if (input.Total is { } total) reward.Inventory = new RewardInventory { Total = total };
            data.Add(reward);
            await data.SaveChangesAsync(cancel);
            return TypedResults.Created($"/rewards/{reward.Id}", new RewardView(reward.Id, reward.Name, reward.PointsCost, input.Total));
        }).WithSummary("Offer a reward");
        group.MapPost("/{id}/redeem", RedeemAsync).WithSummary("Take a reward for points");
    }

    /// <summary>However many ask at once: no reward is given twice, and no balance becomes negative.</summary>
    private static async Task<Results<Ok<RedemptionView>, NotFound, ProblemHttpResult>> RedeemAsync(
        string id, NewRedemption input, NxLoyContext data, CancellationToken cancel)
    {
        await using var transaction = await data.Database.BeginTransactionAsync(cancel);
        if (!await Points.LockAsync(data, input.CustomerId, cancel)) return TypedResults.NotFound();
        if (await data.Rewards.AsNoTracking().Include(r => r.Inventory).SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } reward) return TypedResults.NotFound();
        // The database decides who gets the last one.
        if (reward.Inventory is not null
            && await data.RewardInventories.Where(i => i.RewardId == id && i.Redeemed < i.Total).ExecuteUpdateAsync(s => s.SetProperty(i => i.Redeemed, i => i.Redeemed + 1), cancel) == 0)
            return TypedResults.Problem("There is none left.", statusCode: 409);
        if (await Points.BookAsync(data, input.CustomerId, reward.ProgramId, -reward.PointsCost, PointTransactionType.Redeem, null, cancel) is not { } booked)
            return TypedResults.Problem("The customer has not that many points.", statusCode: 409);
        var redemption = new RewardRedemption { Code = NanoId.New(12), PointsSpent = reward.PointsCost, RewardId = id, CustomerId = input.CustomerId };
        data.Add(redemption);
        await data.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(new RedemptionView(redemption.Code, redemption.PointsSpent, booked.BalanceAfter));
    }
}
