using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ploy.Core.Text;

namespace Ploy.Bench;

/// <summary>
/// Writes a schema of any size, the same each time: files of 25 models, ten fields each, a relation to an earlier model, an enum for every
/// ten models, an index and a unique constraint for each.
/// </summary>
internal static class SchemaGenerator
{
    private const int ModelsPerFile = 25;

    /// <summary>The files of a schema.</summary>
    /// <param name="models">How many models.</param>
    /// <param name="edited">Whether to make the edit that the comparison finds: a column, an index and a value more in every 50th model, and one more model.</param>
    public static ImmutableArray<SourceText> Generate(int models, bool edited)
    {
        var files = ImmutableArray.CreateBuilder<SourceText>();
        files.Add(SourceText.From("schema/base.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"));
        var count = edited ? models + 1 : models;
        for (var first = 0; first < count; first += ModelsPerFile)
        {
            var text = new StringBuilder();
            for (var i = first; i < Math.Min(count, first + ModelsPerFile); i++)
                AppendModel(text, i, count, edited && i % 50 == 0);
            files.Add(SourceText.From(string.Create(CultureInfo.InvariantCulture, $"schema/domain{first / ModelsPerFile:000}.prisma"), text.ToString()));
        }

        return files.ToImmutable();
    }

    private static void AppendModel(StringBuilder text, int i, int count, bool edited)
    {
        if (i % 10 == 0)
            text.Append(CultureInfo.InvariantCulture, $"enum State{i} {{\n  OPEN\n  CLOSED\n{(edited ? "  PAUSED\n" : "")}}}\n\n");
        var parent = i == 0 ? 0 : i / 2;
        text.Append(CultureInfo.InvariantCulture, $$"""
            /// Model number {{i}}.
            model Entity{{i}} {
              id        String    @id @default(cuid())
              code      String    @unique @db.VarChar(40)
              title     String
              amount    Decimal   @default(0) @db.Decimal(12, 2)
              quantity  Int       @default(1)
              state     State{{i / 10 * 10}} @default(OPEN)
              data      Json?
              createdAt DateTime  @default(now())
              updatedAt DateTime  @updatedAt
              deletedAt DateTime?

            """);
        if (edited)
            text.Append("  note      String?\n");
        if (i > 0)
            text.Append(CultureInfo.InvariantCulture, $"  parentId  String\n  parent    Entity{parent} @relation(\"R{i}\", fields: [parentId], references: [id], onDelete: Cascade)\n");
        foreach (var child in (ReadOnlySpan<int>)[2 * i, (2 * i) + 1])
            if (child > 0 && child < count && child / 2 == i && child != i)
                text.Append(CultureInfo.InvariantCulture, $"  children{child} Entity{child}[] @relation(\"R{child}\")\n");
        text.Append('\n');
        if (i > 0)
            text.Append("  @@unique([parentId, title])\n");
        if (edited)
            text.Append("  @@index([note])\n");
        text.Append(CultureInfo.InvariantCulture, $"  @@index([state, createdAt(sort: Desc)])\n  @@map(\"entity_{i}\")\n}}\n\n");
    }
}
