using Ploy.Testing;
using Xunit;

namespace Ploy.Client.Tests.Generator;

/// <summary>What directives make of a column is in the client's model, and a program can live with it.</summary>
public sealed class DirectiveTests
{
    private const string Schema =
        """
        datasource db {
          provider = "postgresql"
        }

        /// Who works here.
        /// It's "everybody".
        /// @ploy.comment
        /// @ploy.index("people_names", fields: [last, first], unique: true, where: "first <> ''")
        /// @ploy.index("people_lower", expr: "lower(last)")
        /// @ploy.check("people_age", "age >= 0")
        model Person {
          id    Int    @id @default(autoincrement())
          first String
          last  String
          /// @ploy.generated("first || ' ' || last")
          name  String
          /// @ploy.generated("length(last)")
          size  Int?
          /// In years.
          /// @ploy.comment
          /// @ploy.default("floor(random() * 0)::int + 18")
          age   Int
          /// @ploy.default("upper('x')")
          code  String

          @@map("people")
        }
        """;

    private const string Program =
        """
        #pragma warning disable CS1591
        using System.Linq;
        using System.Threading.Tasks;
        using Microsoft.EntityFrameworkCore;
        using Client.Data;

        public static class Examples
        {
            public static async Task<string> RunAsync(AppDbContext db)
            {
                var ada = new Person { First = "Ada", Last = "Lovelace" };
                db.AddRange(ada, new Person { First = "Bob", Last = "Low", Age = 0, Code = "y" });
                await db.SaveChangesAsync();
                var text = $"{ada.Name} {ada.Size} {ada.Age} {ada.Code}";
                ada.Last = "King";
                await db.SaveChangesAsync();
                text += $", {ada.Name} {ada.Size}";
                db.ChangeTracker.Clear();
                return text + ": " + string.Join(", ", (await db.Persons.OrderBy(p => p.Id).ToListAsync()).Select(p => $"{p.Name} {p.Size} {p.Age} {p.Code}"));
            }
        }
        """;

    [Fact]
    public async Task Generated_columns_defaults_comments_and_indexes_of_directives_are_the_models()
    {
        using var folder = new TemporaryFolder();
        folder.Write("prisma/schema.prisma", Schema);
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Project(folder.Root), [Program]);
        await using var context = client.Open();
        Assert.Equal(
            "Ada Lovelace 8 18 X, Ada King 4: Ada King 4 18 X, Bob Low 3 0 y",
            await (Task<string>)client.Assembly.GetType("Examples", throwOnError: true)!.GetMethod("RunAsync")!.Invoke(null, [context])!);
        GeneratedClientTests.Agrees(client);
        Assert.Equal(["Who works here.\nIt's \"everybody\"."], await client.Database.RowsAsync("SELECT obj_description('people'::regclass)"));
    }
}
