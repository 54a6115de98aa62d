using Xunit;

namespace Ploy.Client.Tests.Generator;

/// <summary>Views are read through the client, with a key or without, and never written.</summary>
public sealed class ViewTests
{
    private const string Schema =
        """
        model Customer {
          id     Int     @id
          name   String
          orders Order[]
          total  Total?
        }

        model Order {
          id         Int      @id
          amount     Decimal  @db.Decimal(10, 2)
          customer   Customer @relation(fields: [customerId], references: [id])
          customerId Int
        }

        /// What each customer has spent.
        view Total {
          customerId Int      @unique
          customer   Customer @relation(fields: [customerId], references: [id])
          amount     Decimal? @db.Decimal(20, 2)

          @@map("customer totals")
        }

        view OrderName {
          order Int
          Name  String @map("the name")
        }
        """;

    private const string Program =
        """
        #pragma warning disable CS1591
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.EntityFrameworkCore;
        using Client.Data;

        public static class Examples
        {
            public static async Task<string[]> ReadAsync(AppDbContext db) =>
            [
                string.Join(" ", await db.Totals.OrderBy(t => t.CustomerId).Select(t => $"{t.CustomerId}:{t.Amount}").ToListAsync()),
                string.Join(" ", await db.OrderNames.Where(o => o.Order > 1).OrderBy(o => o.Order).Select(o => o.Name).ToListAsync()),
                string.Join(" ", (await db.Customers.Include(c => c.Total).OrderBy(c => c.Id).ToListAsync()).Select(c => $"{c.Name}:{c.Total?.Amount}")),
                string.Join(" ", (await db.Totals.Include(t => t.Customer).OrderBy(t => t.CustomerId).ToListAsync()).Select(t => t.Customer.Name)),
                (await db.Totals.FindAsync(2))!.Amount.ToString()!,
            ];

            public static async Task<string> WriteAsync(AppDbContext db)
            {
                try
                {
                    db.Add(new OrderName { Order = 1, Name = "x" });
                    return "It was added.";
                }
                catch (InvalidOperationException error)
                {
                    await Task.CompletedTask;
                    return error.Message;
                }
            }
        }
        """;

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task A_view_is_read_by_its_key_or_without_one(string provider)
    {
        var schema = provider == "sqlite" ? Schema.Replace(" @db.Decimal(10, 2)", "", StringComparison.Ordinal).Replace(" @db.Decimal(20, 2)", "", StringComparison.Ordinal) : Schema;
        var head = $"datasource db {{\n  provider = \"{provider}\"\n}}\ngenerator client {{\n  provider = \"ploy-client\"\n  output = \"x\"\n  previewFeatures = [\"views\"]\n}}\n";
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Text("views", provider, head + schema), [Program]);
        await client.Database.ExecuteAsync(
            """
            CREATE VIEW "customer totals" AS SELECT c.id AS "customerId", sum(o.amount) AS amount FROM "Customer" c LEFT JOIN "Order" o ON o."customerId" = c.id GROUP BY c.id;
            CREATE VIEW "OrderName" AS SELECT o.id AS "order", c.name AS "the name" FROM "Order" o JOIN "Customer" c ON c.id = o."customerId";
            INSERT INTO "Customer" VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cyd');
            INSERT INTO "Order" VALUES (1, 10.5, 1), (2, 1, 1), (3, 2.5, 2);
            """);
        Assert.Equal(["1:11.5 2:2.5 3:", "Ada Bob", "Ada:11.5 Bob:2.5 Cyd:", "Ada Bob Cyd", "2.5"], (await RunAsync<string[]>(client, "ReadAsync")).Select(l => l.Replace("0 ", " ", StringComparison.Ordinal).TrimEnd('0')));
        Assert.Contains("OrderName", await RunAsync<string>(client, "WriteAsync"), StringComparison.Ordinal);
    }

    private static async Task<T> RunAsync<T>(CompiledClient client, string method)
    {
        await using var context = client.Open();
        return await (Task<T>)client.Assembly.GetType("Examples", throwOnError: true)!.GetMethod(method)!.Invoke(null, [context])!;
    }
}
